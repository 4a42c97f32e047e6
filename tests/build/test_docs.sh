#!/bin/sh
# The commands of README.md, docs/tutorial.md and docs/streaming.md are run, on fewer samples; what they print is what the pages show: to the
# letter where nothing is measured or learned, else line by line with numbers left out. "..." in a page stands for any lines.
# 77: the data set of the tutorial is not there.
set -u
fsnn=$(realpath "${FSNN_BIN:-build/fsnn}")
build=$(realpath "${FSNN_BUILD:-build}")
source=$(pwd)
set_of_data=/usr/share/datasets/fashion-mnist
[ -d $set_of_data ] || { echo "skipped: $set_of_data is not there (Debian: dataset-fashion-mnist)"; exit 77; }
# what a network holds is shown without the scratch of products that only some processors have
export FSNN_LINEAR=gemm
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
failures=0
fail() { echo "FAILED: $*"; failures=$((failures + 1)); }

# block FILE LANGUAGE: the first block of that language
block() { awk -v begin="\`\`\`$2" '$0 == begin && !done { on = 1; next } on && /^```/ { on = 0; done = 1 } on' "$1"; }

block "$source/docs/tutorial.md" yaml >clothes.yaml
block "$source/docs/tutorial.md" c >picture.c
# NUMBER.command and NUMBER.shown of each "    $ command" with what stands below it
awk '
    function end() { if (command != "") { print command >(n ".command"); close(n ".command") } command = "" }
    /^    \$ / { end(); n = sprintf("%02d", ++count); command = substr($0, 7); more = /\\$/; printf "" >(n ".shown"); next }
    command != "" && more { command = command "\n" $0; more = /\\$/; next }
    command != "" && /^    / { print substr($0, 5) >(n ".shown"); blank = 0; next }
    command != "" && /^$/ { print "" >(n ".shown"); next }
    { end() }
    END { end() }' "$source/docs/tutorial.md"

# Numbers, their units, progress within an epoch, and what depends on what was learned are left out.
masked()
{
    grep -v -e 'of the epoch' -e '% of the neurons' -e 'machine  ' -e '^drawing figures' -e '^$' "$1" |
        sed -e 's/ *best$//' -e 's/best epoch/epoch chosen/' -e 's/[0-9][0-9.,:]*/#/g' \
            -e 's/# [numkMG] samples/# samples/g' -e 's/# [kMG]\{0,1\}i\{0,1\}B\b/#/g' -e 's/# [numpk]\{0,1\}J/# J/g' -e 's/# [kM]\b/#/g' \
            -e 's/[ -]*$//' -e 's/  */ /g' -e 's/^ //' -e '/^#\/#/s/.*/an epoch/' | uniq
}

# agree SHOWN PRINTED: every line shown was printed, in that order, and nothing else unless "..." stands there
agree()
{
    awk 'NR == FNR { shown[++n] = $0; next } { printed[++m] = $0 }
        END {
            at = 1; free = 0
            for (i = 1; i <= n; i++) {
                if (shown[i] == "...") { free = 1; continue }
                first = at
                while (at <= m && printed[at] != shown[i] && free) at++
                if (at > m || printed[at] != shown[i]) {
                    print "  shown:   " shown[i]; print "  printed: " (first <= m ? printed[first] : "(nothing more)"); exit 1
                }
                at++; free = 0
            }
            if (at <= m && !free) { print "  printed: " printed[at] " (not shown)"; exit 1 }
        }' "$1" "$2"
}

PATH=$(dirname "$fsnn"):$PATH
export PATH
# commands that this build has not what they need for: fsnn simulate computes in double precision
left_out='^there is none$'
fsnn --version | grep -q '(without.*double precision' && left_out='^fsnn simulate '
for file in [0-9][0-9].command; do
    name=${file%.command}
    exact=
    grep -q "$left_out" "$file" && continue
    case $(cat "$file") in
    "fsnn inspect runs/"*) ;;
    "fsnn inspect "* | "fsnn train clothes.yaml --set dynamic.alpha"* | "fsnn run "* | "fsnn plot "* | "fsnn simulate "*) exact=yes ;;
    *runs/stopped* | build/examples/*) continue ;; # to be interrupted; a test of its own
    cc\ *) [ -n "${FSNN_SANITIZE:-}" ] && break ;;
    "fsnn train "* | "fsnn eval "* | ./picture) ;;
    *) continue ;;
    esac
    sed -e 's/data.limit.train=10000/data.limit.train=640 --set data.limit.test=500/' -e "s#-Iinclude#-I$source/include#" \
        -e "s#-Lbuild#-L$build#" -e "s#\$PWD/build#$build#" -e "s#^cc #${CC:-cc} #" "$file" >line
    sh ./line >printed 2>&1 </dev/null
    if [ -n "$exact" ]; then
        sed -e 's/ *$//' -e '/^$/d' "$name.shown" >shown.one
        sed -e 's/ *$//' -e '/^$/d' printed >printed.one
    else
        masked "$name.shown" >shown.one
        masked printed >printed.one
    fi
    agree shown.one printed.one >said || { fail "docs/tutorial.md: $(cat "$file")"; cat said; }
done
[ -n "$(ls ./*.shown)" ] || fail "docs/tutorial.md shows no command"

# the example of docs/streaming.md
if [ -x "$build/examples/example_08_stream_sensor" ]; then
    sed -n '/^    \$ build\/examples/,$s/^    //p' "$source/docs/streaming.md" | sed 1d >shown.one
    "$build/examples/example_08_stream_sensor" state >printed.one 2>&1 || fail "example_08_stream_sensor"
    agree shown.one printed.one >said || { fail "docs/streaming.md: what the example prints"; cat said; }
fi

# each example has a number of its own
twice=$(cd "$source/examples" && ls [0-9][0-9]_*.c | cut -c1-2 | uniq -d)
[ -z "$twice" ] || fail "examples share the number $twice"

# the commands of the README
block "$source/README.md" yaml >net.yaml
for file in $set_of_data/*.gz; do ln -s "$file" .; done
small="--set data.limit.train=640 --set data.limit.test=500"
sed -n 's/^    \(fsnn [a-z]* .*\)/\1/p' "$source/README.md" | sed -e 's/  *#.*//' >lines
grep -q '^fsnn train net.yaml' lines || fail "README.md shows no training"
grep -v -e 'x\.npz\|y\.npz' -e "$left_out" lines >runnable
while read -r line; do
    case $line in *"train net.yaml"*) line="$line $small --no-figures" ;; esac
    sh -c "$line" >printed 2>&1 </dev/null || { fail "README.md: $line"; cat printed; }
done <runnable
[ $failures -eq 0 ] && echo "what README.md and docs/tutorial.md show is what the program prints"
exit $((failures > 0))
