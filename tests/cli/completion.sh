#!/bin/sh
# Completion of command lines: what the program offers for unfinished ones, that it takes what it offers, and the script in a
# real bash on a terminal of its own.
set -u
fsnn=$(realpath "${FSNN_BIN:-build/fsnn}")
script=$(realpath completions/fsnn.bash)
terminal=$(realpath tests/cli/completion_terminal.py)
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
failures=0
fail() { echo "FAILED: $*"; failures=$((failures + 1)); }

# offers WORDS FIRST ...: the candidates for the last word, blanks between, begin so
offers()
{
    expected=$1
    shift
    "$fsnn" --complete "$@" >said 2>&1 || fail "--complete $*: $(cat said)"
    cut -f 1 said | tr '\n' ' ' >words
    [ "$(cat words)" = "$expected" ] || fail "--complete $*: \"$(cat words)\", not \"$expected\""
}
offers 'eval ' ev
offers '' nothing
offers '' nothing x
offers '' inspect --nothing
offers '--on --out ' eval --o
offers '--out ' eval --on test --o
offers 'train test ' eval --on t
offers 'train test ' eval --on=t
offers 'v,spikes v,states ' run --record v,s
offers 'subtract ' simulate --reset su
offers 'gl ' simulate --method g
offers ':files ' inspect ''
offers ':files ' train -o x
offers '' train --seed 1
! "$fsnn" bench --list >/dev/null 2>&1 || offers 'layer latency length ' bench l
offers 'training.epochs= ' train --set training.ep
offers 'train training ' help trai
"$fsnn" --complete '' | grep -q '^help$' || fail "help is not offered"

# fsnn-mpi, which needs no MPI to complete
if [ -n "${FSNN_MPI:-}" ]; then
    program=$fsnn fsnn=$FSNN_MPI
    offers 'train help ' ''
    offers 'train ' tr
    offers '--out ' train --ou
    offers '--lossy ' train --los
    offers 'training.shards= ' train --set training.sh
    offers ':files ' train ''
    offers '' eval --on t
    fsnn=$program
fi

# each value that is offered is taken: the sentence on a wrong one does not come
for option in neuron reset method format precision show memory; do
    for value in $("$fsnn" --complete simulate --$option '' | cut -f 1); do
        case $option:$value in *: | neuron:user) continue ;; esac # goes on; needs its equation
        "$fsnn" simulate --$option "$value" --alpha 1 --time 0.1 --no-figure --out out/ >said 2>&1
        ! grep -q -e "--$option.*\"$value\"" -e 'did you mean' said || fail "simulate --$option $value: $(cat said)"
    done
done

# a terminal: what a line becomes by the tabulator
: >a_file.yaml
if command -v python3 >/dev/null && command -v bash >/dev/null; then
    PATH=$(dirname "$fsnn"):$PATH python3 "$terminal" "source $script" bash --norc --noprofile -i || fail "bash on a terminal"
else
    echo "no python3 or no bash: not tried on a terminal"
fi
for shell in zsh fish; do
    command -v $shell >/dev/null || continue
    file=$(dirname "$script")/fsnn.$shell
    [ $shell = fish ] || file=$(dirname "$script")/_fsnn
    $shell -n "$file" || fail "$file"
done
[ $failures -eq 0 ] && echo "completion: all good"
exit $((failures > 0))
