#!/bin/sh
# Every script can be read by its shell: one that only runs at set-up, or with another library, is not found broken there.
set -u
bad=0
for script in tools/*.sh tests/*.sh tests/*/*.sh tests/*/kit/*.sh cmake/*.sh man/*.sh .ci/run; do
    [ -f "$script" ] || continue
    shell=sh
    case $(head -n 1 "$script") in *bash*) shell=bash ;; esac
    "$shell" -n "$script" || bad=$((bad + 1))
done
sh tools/install-deps.sh --help | grep -q -- --dev || { echo "install-deps.sh --help says nothing of --dev"; bad=$((bad + 1)); }
[ $bad -eq 0 ]
