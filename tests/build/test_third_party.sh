#!/bin/sh
# THIRD-PARTY.md names every library that the install script installs for the build; the citation has the version of CMake.
failures=0
fail() { echo "FAILED: $*"; failures=$((failures + 1)); }

listed=$(sed -n "/^packages='/,/^'/p" tools/install-deps.sh | awk '/^(lib|python3-|gnuplot|fonts|dataset)/ { print $1 }')
[ "$(echo "$listed" | wc -w)" -ge 15 ] || fail "tools/install-deps.sh: its list of packages was not found"
for package in $listed; do
    case $package in
    python3-dev | python3-setuptools | python3-venv) continue ;; # tools, which nothing of fsnn holds
    esac
    grep -q "\`$package\`" THIRD-PARTY.md || fail "THIRD-PARTY.md does not name $package"
done
version=$(sed -n 's/^project(fsnn VERSION \([0-9.]*\).*/\1/p' CMakeLists.txt)
[ -n "$version" ] || fail "CMakeLists.txt: its version was not found"
grep -qx "version: $version" CITATION.cff || fail "CITATION.cff is not of version $version"
grep -q "libfsnn.so.${version%.*}\`" docs/support.md || fail "docs/support.md names another SONAME than ${version%.*}"
[ $failures -eq 0 ] && echo "licences, version and SONAME are told"
exit $((failures > 0))
