#!/bin/sh
# Debian packages of this tree, in DIR (`make deb`): a copy of the tree is built there by dpkg-buildpackage, and lintian looks at
# the packages. tools/install-deps.sh --packages installs what it needs. In packages for others, the address in debian/control
# and debian/changelog is yours.
#
#   tools/deb.sh DIR
set -eu
fail() { echo "deb: $*" >&2; exit 1; }
[ $# -eq 1 ] || fail "usage: tools/deb.sh DIR"
mkdir -p "$1"
folder=$(realpath "$1")
cd "$(dirname "$0")/.."
for program in dpkg-buildpackage dh lintian; do
    command -v $program >/dev/null || fail "$program is missing: run tools/install-deps.sh --packages"
done
version=$(sed -n 's/^project(fsnn VERSION \([0-9.]*\).*/\1/p' CMakeLists.txt)
tree=$folder/fsnn-$version

# what git knows, or in a tree without git all but builds
rm -rf "$folder"/fsnn[-_]* "$folder"/*fsnn*.deb
mkdir "$tree"
if git rev-parse --is-inside-work-tree >/dev/null 2>&1; then
    git ls-files -z --cached --others --exclude-standard | xargs -0 sh -c 'for f; do [ ! -e "$f" ] || printf "%s\0" "$f"; done' sh |
        tar -c --null -T - | tar -x -C "$tree"
else
    tar -c --exclude='./build*' --exclude=./runs . | tar -x -C "$tree"
fi

cd "$tree"
jobs=${JOBS:-$(nproc)}
dpkg-buildpackage -b -us -uc "-j$jobs" >"$folder/build.log" 2>&1 || {
    tail -n 60 "$folder/build.log" >&2
    fail "dpkg-buildpackage ended with an error; $folder/build.log has all of it"
}
cd "$folder"
rm -rf "$tree"
lintian --fail-on error,warning --info ./*.changes || fail "lintian finds faults"
ls -- *.deb
