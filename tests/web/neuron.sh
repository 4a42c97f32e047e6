#!/bin/sh
# The playground's page "one neuron" (make playground) in a headless Chromium: nine neurons have the hashes of a program compiled here,
# and so has what the page gives as YAML, as C and as Python, run by fsnn, by the compiler and by Python. Faults are said where they
# are, all is reached by keyboard, and no error is on the console. FSNN_PICTURES: a folder that keeps the screenshots.
. tests/web/kit/begin.sh
fsnn=${FSNN_BIN:?}
export FSNN_ISA=base # what is compared has its bits; other instruction sets join products and sums

try "$CC" -std=c11 -O1 -D_GNU_SOURCE -ffp-contract=off -Iinclude -Iplayground/neuron tests/web/hashes.c playground/neuron/*.c \
    -L"$build" -Wl,-rpath,"$build" -lfsnn -lm -o "$work/hashes"
"$work/hashes" <tests/web/neurons.txt >"$work/hashes.txt" || fail "the program here"
node tests/web/neuron.mjs "$build/playground/index.html" tests/web/neurons.txt "$work/hashes.txt" "$work" || fail "the page"

# what the buttons gave, run in its own way
python=
for candidate in ${FSNN_PYTHON_EXECUTABLE:-} python3 /usr/bin/python3; do
    PYTHONPATH=python:$build/python "$candidate" -c 'import fsnn' >/dev/null 2>&1 && python=$candidate && break
done
[ -n "$python" ] || echo "web/neuron: no Python that imports fsnn: its texts are not run"
here=$PWD
texts=0
for text in "$work"/text*; do
    texts=$((texts + 1))
    name=$(basename "$text")
    wanted=$(cat "$text/hash")
    "$CC" -std=c11 -Wall -Wextra -Werror -I"$here/include" "$text/neuron.c" -L"$build" -Wl,-rpath,"$build" -lfsnn -lm -o "$text/neuron" 2>"$work/log" &&
        "$text/neuron" >"$text/c.csv" || fail "$name as C: $(cat "$work/log")"
    [ "$(node tests/web/csv_hash.mjs "$text/c.csv")" = "$wanted" ] || fail "$name as C computes something else"
    command=$(sed -n 's/^# fsnn \(simulate .*\)/\1/p' "$text/neuron.yaml")
    # shellcheck disable=SC2086 # the words of the command
    (cd "$text" && "$fsnn" $command --no-figure -q >said 2>&1) || fail "$name as YAML: $(cat "$text/said")"
    [ "$(node tests/web/csv_hash.mjs "$text/simulation/simulation.csv")" = "$wanted" ] || fail "$name as YAML computes something else"
    awk -F, 'NR > 1 && $4 == 1 { n++; line = line sprintf(" %.6g", $1) } END { printf "%d spikes at%s\n", n, line }' "$text/c.csv" >"$text/spikes"
    [ -z "$python" ] || PYTHONPATH=$here/python:$build/python "$python" "$text/neuron.py" >"$text/python" 2>&1 || fail "$name as Python: $(cat "$text/python")"
    [ -z "$python" ] || cmp -s "$text/spikes" "$text/python" || fail "$name as Python has other spikes: $(cat "$text/python")"
done
[ $texts -ge 8 ] || fail "texts of only $texts neurons"
[ $failures -eq 0 ] && echo "the page computes what fsnn computes: 9 hashes, $texts neurons as C, YAML$([ -z "$python" ] || echo " and Python")"
finish
