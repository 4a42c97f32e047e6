#!/bin/sh
# The Debian packages of `make deb`, which lintian has nothing to say of, installed in a clean Debian: debian/tests pass there, and
# when they are removed nothing of them is left.
#
# FSNN_DEBS: a folder of packages that are there already. 77: no debhelper, lintian or debootstrap, not root, or no mirror.
set -u
place=$(mktemp -d) || exit 1
root=$place/root
clean()
{
    umount "$root/proc" 2>/dev/null
    rm -rf --one-file-system "$place"
}
trap clean EXIT
fail() { echo "FAILED: $*"; [ ! -f "$place/log" ] || tail -n 40 "$place/log"; exit 1; }
try() { "$@" >"$place/log" 2>&1 || fail "$*"; }

for program in dpkg-buildpackage dh lintian debootstrap; do
    command -v $program >/dev/null || { echo "skipped: no $program (tools/install-deps.sh --packages)"; exit 77; }
done
debs=${FSNN_DEBS:-$place/debs}
[ -n "${FSNN_DEBS:-}" ] || try tools/deb.sh "$debs"
names=$(cd "$debs" && for file in *.deb; do echo "${file%%_*}"; done | grep -v dbgsym | LC_ALL=C sort | tr '\n' ' ')
wanted="fsnn fsnn-doc fsnn-mpi libfsnn-dev libfsnn$(sed -n 's/^project(fsnn VERSION \([0-9]*\.[0-9]*\).*/\1/p' CMakeLists.txt) python3-fsnn "
[ "$names" = "$wanted" ] || fail "the packages are $names, not $wanted"

tools/chroot.sh "$root" >"$place/log" 2>&1
code=$?
[ $code -ne 77 ] || { cat "$place/log"; exit 77; }
[ $code -eq 0 ] || fail "tools/chroot.sh"
mount -t proc proc "$root/proc" || fail "mount"
inside()
{
    env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 \
        DEBIAN_FRONTEND=noninteractive chroot "$root" "$@"
}
list() { inside find / -xdev -path '*fsnn*' ! -path '/var/lib/apt/*' ! -path '/var/cache/*' ! -path '/var/log/*'; }

mkdir "$root/debs"
cp "$debs"/*.deb "$root/debs"
rm -f "$root"/debs/*dbgsym*
list >"$place/before"
try inside apt-get update
# shellcheck disable=SC2016 # the shell there
try inside sh -c 'apt-get install -y --no-install-recommends /debs/*.deb gcc libc6-dev pkg-config'
cp debian/tests/smoke "$root/smoke"
try inside sh /smoke
cat "$place/log"
# shellcheck disable=SC2046 # a list of packages
try inside apt-get purge -y $names
list >"$place/after"
diff "$place/before" "$place/after" >"$place/log" || fail "the packages leave something"
echo "packages: built, clean by lintian, installed and removed in a clean Debian"
