#!/bin/sh
# The Debian packages of `make deb`, which lintian has nothing to say of, installed in a clean Debian: debian/tests pass there, and
# when they are removed nothing of them is left.
#
# FSNN_DEBS: a folder of packages that are there already. 77: no debhelper, lintian or debootstrap, not root, or no mirror.
. tests/long/kit/begin.sh
. tests/long/kit/debian.sh
need_programs dpkg-buildpackage dh lintian debootstrap

debs=${FSNN_DEBS:-$place/debs}
[ -n "${FSNN_DEBS:-}" ] || try tools/deb.sh "$debs"
names=$(cd "$debs" && for file in *.deb; do echo "${file%%_*}"; done | grep -v dbgsym | LC_ALL=C sort | tr '\n' ' ')
wanted="fsnn fsnn-doc fsnn-mpi libfsnn-dev libfsnn$(sed -n 's/^project(fsnn VERSION \([0-9]*\.[0-9]*\).*/\1/p' CMakeLists.txt) python3-fsnn "
[ "$names" = "$wanted" ] || fail "the packages are $names, not $wanted"

root=$place/root
debian "$root"
list() { inside "$root" find / -xdev -path '*fsnn*' ! -path '/var/lib/apt/*' ! -path '/var/cache/*' ! -path '/var/log/*'; }
list >"$place/before"
mkdir "$root/debs"
cp "$debs"/*.deb "$root/debs"
rm -f "$root"/debs/*dbgsym*
cp debian/tests/smoke "$root/smoke"
try inside "$root" apt-get update
# shellcheck disable=SC2016 # the shell there
try inside "$root" sh -c 'apt-get install -y --no-install-recommends /debs/*.deb gcc libc6-dev pkg-config'
try inside "$root" sh /smoke
cat "$place/log"
# shellcheck disable=SC2086 # a list of packages
try inside "$root" apt-get purge -y $names
rm -r "$root/debs" "$root/smoke"
list >"$place/after"
diff "$place/before" "$place/after" >"$place/log" || fail "the packages leave something"
echo "packages: built, clean by lintian, installed and removed in a clean Debian"
