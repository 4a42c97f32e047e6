#!/bin/sh
# THIRD-PARTY.md names every library that the install script installs for the build.
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
[ $failures -eq 0 ] && echo "the licences of all libraries are told"
exit $((failures > 0))
