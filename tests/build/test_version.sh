#!/bin/sh
# Every place that says the version says that of CMakeLists.txt: citation, changes, README, SONAME, Python, Debian packages.
set -u
failures=0
fail() { echo "FAILED: $*"; failures=$((failures + 1)); }

version=$(sed -n 's/^project(fsnn VERSION \([0-9.]*\).*/\1/p' CMakeLists.txt)
minor=${version%.*}
case $version in [0-9]*.[0-9]*.[0-9]*) ;; *) fail "CMakeLists.txt: its version was not found, \"$version\"" ;; esac

# FILE TEXT: a whole line of the file, or a part of one
says_line() { grep -qx -e "$2" "$1" || fail "$1 has no line \"$2\""; }
says() { grep -qF -e "$2" "$1" || fail "$1 does not say \"$2\""; }
says_line CITATION.cff "version: $version"
says README.md "Version $version:"
says README.md "find_package(fsnn $minor REQUIRED)"
says docs/support.md "\`libfsnn.so.$minor\`"
[ -s "tools/abi/libfsnn.so.$minor.abi" ] || fail "no tools/abi/libfsnn.so.$minor.abi: tests/build/test_abi.sh --update records it"

# the newest heading of the changes: "## 0.2.0 (2026-11-30)", or (unreleased)
newest=$(sed -n 's/^## //p' CHANGELOG.md | head -n 1)
case $newest in
"$version (unreleased)" | "$version ("[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]")") ;;
*) fail "CHANGELOG.md begins with \"$newest\", not with \"$version (unreleased)\" or \"$version (DATE)\"" ;;
esac
sed -n "/^## $version /,/^## /p" CHANGELOG.md | grep -q '^Release notes\.' || fail "CHANGELOG.md has no release notes of $version"

# Debian packages
head -n 1 debian/changelog | grep -q "^fsnn ($version) " || fail "debian/changelog begins with another version than $version"
says_line debian/control "Package: libfsnn$minor"
says debian/control "Depends: libfsnn$minor (= \${binary:Version})"
[ -e "debian/libfsnn$minor.install" ] || fail "no debian/libfsnn$minor.install"

# Python reads it from CMakeLists.txt
if python3 -c 'import setuptools' 2>/dev/null; then
    said=$(cd python && PYTHONDONTWRITEBYTECODE=1 python3 setup.py --version 2>/dev/null | tail -n 1)
    [ "$said" = "$version" ] || fail "python/setup.py says the version is \"$said\""
fi

# the library that was built
if [ -e "${FSNN_BUILD:-build}/libfsnn.so" ]; then
    [ -e "${FSNN_BUILD:-build}/libfsnn.so.$version" ] || fail "no libfsnn.so.$version was built"
    if command -v readelf >/dev/null; then
        soname=$(readelf -d "${FSNN_BUILD:-build}/libfsnn.so" | sed -n 's/.*SONAME.*\[\(.*\)\]/\1/p')
        [ "$soname" = "libfsnn.so.$minor" ] || fail "the SONAME is $soname, not libfsnn.so.$minor"
    fi
fi
[ $failures -eq 0 ] && echo "version $version, everywhere"
exit $((failures > 0))
