#!/bin/sh
# The bits of results: outputs, gradients, states, recorded potentials, trainings (tests/net/same_bits/). A change that is not
# meant to change numbers leaves every hash as it is.
#
#   same_bits.sh                       compares one thread and two with tests/golden/same_bits.txt, kernels FSNN_ISA=base
#   same_bits.sh --record FILE [ISA]   writes the hashes of this build; ISA: base (default), avx2, avx512
#   same_bits.sh --compare FILE [ISA]  compares this build with such a file
#
# Run in the source directory; FSNN_BUILD is the build directory (default: build). Where numbers change on purpose:
# `tests/net/same_bits.sh --record tests/golden/same_bits.txt`, and say in the commit which cases changed and why.
#
# So that hashes are those of other machines too, the C library's functions and the dense kernels are held to what every
# x86-64 processor has. print/ are fingerprints of these two: another version of theirs may round otherwise, which is said and
# not blamed on this project.
: "${FSNN_BUILD:=build}"
golden=tests/golden/same_bits.txt
program=$FSNN_BUILD/tests/same_bits
isa=base
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

export GLIBC_TUNABLES=glibc.cpu.hwcaps=-AVX2,-FMA,-FMA4,-AVX2_Usable,-FMA_Usable,-FMA4_Usable
export ONEDNN_MAX_CPU_ISA=SSE41 DNNL_MAX_CPU_ISA=SSE41
# Threads that wait sleep, also where this runs outside of the tests.
export OMP_WAIT_POLICY=passive

skip() {
    echo "same_bits: skipped: $*"
    exit 77
}

fail() {
    echo "same_bits: $*" >&2
    exit 2
}

# hashes THREADS FILE
hashes() {
    FSNN_ISA=$isa "$program" "$1" >"$2" 2>"$work/errors" || { cat "$work/errors" >&2; fail "$program failed"; }
    grep -qx "same_bits: instructions $isa" "$work/errors" || skip "this processor has no $isa"
}

# compare WANTED FOUND WHO: prints cases and parts that differ; false where there are some
compare() {
    awk -v who="$3" '
        FNR == NR { wanted[$1] = $0; next }
        !($1 in wanted) { printf "same_bits: %s: %s is not among the recorded cases\n", who, $1; bad++; next }
        {
            seen[$1] = 1
            if (wanted[$1] == $0) { same++; next }
            bad++
            parts = ""
            n = split(wanted[$1], old, " ")
            if (n != NF) parts = " " old[2] " became " $2
            for (i = 2; i <= NF && n == NF; i++)
                if (old[i] != $i) { split($i, part, "="); parts = parts " " part[1] }
            printf "same_bits: %s: %s differs:%s\n", who, $1, parts
        }
        END {
            for (name in wanted)
                if (!(name in seen)) { printf "same_bits: %s: %s is recorded but did not run\n", who, name; bad++ }
            printf "same_bits: %s: %d cases are the same, %d are not\n", who, same, bad
            exit bad > 0
        }' "$1" "$2"
}

# same_lines PATTERN A B
same_lines() {
    grep "$1" "$2" >"$work/left"
    grep "$1" "$3" >"$work/right"
    cmp -s "$work/left" "$work/right"
}

# Leaves cases out of both files: without PATTERN A B
without() {
    for file in "$2" "$3"; do
        grep -v "$1" "$file" >"$work/kept" && mv "$work/kept" "$file"
    done
}

# check WANTED: this build with one thread, and with two
check() {
    cp "$1" "$work/wanted" || fail "$1 cannot be read"
    hashes 1 "$work/one"
    hashes 2 "$work/two"
    cp "$work/one" "$work/one_all"
    status=0
    if ! same_lines '^print/libm' "$work/wanted" "$work/one"; then
        echo "same_bits: the C library's exp, log, pow, ... give other bits than those of $1: only threads are compared"
        machine=other
    else
        if ! same_lines '^print/long' "$work/wanted" "$work/one"; then
            echo "same_bits: this processor rounds functions of long double otherwise than that of $1:" \
                "what keeps their results in double is not compared"
            without '^print/long\|/ml/\|exponentials\|/series\|^weights/\|^equation/\|^mittag' "$work/wanted" "$work/one"
            for file in "$work/wanted" "$work/one"; do
                sed 's/ record=[^ ]*//' "$file" >"$work/kept" && mv "$work/kept" "$file"
            done
        fi
        if ! same_lines '^print/' "$work/wanted" "$work/one"; then
            echo "same_bits: the dense kernels give other bits than those of $1: networks with weights are not compared"
            without '^print/\|^dense/\|^conv/' "$work/wanted" "$work/one"
        fi
        compare "$work/wanted" "$work/one" "1 thread" || status=1
    fi
    # threads share the sums of convolutions' gradients: their number decides those bits
    without '^print/\|^conv/' "$work/one_all" "$work/two"
    compare "$work/one_all" "$work/two" "2 threads beside 1" || status=1
    [ "$status" = 0 ] && [ "${machine:-}" = other ] && exit 77
    exit "$status"
}

[ -x "$program" ] || fail "$program is not there: build the target same_bits"
case ${1:-} in
'')
    case $(uname -m) in
    x86_64 | amd64) ;;
    *) skip "the recorded hashes are of x86-64, this is $(uname -m)" ;;
    esac
    check "$golden"
    ;;
--record)
    [ $# -ge 2 ] && [ $# -le 3 ] || fail "usage: same_bits.sh --record FILE [ISA]"
    isa=${3:-base}
    hashes 1 "$work/one"
    cp "$work/one" "$2"
    ;;
--compare)
    [ $# -ge 2 ] && [ $# -le 3 ] || fail "usage: same_bits.sh --compare FILE [ISA]"
    isa=${3:-base}
    check "$2"
    ;;
*)
    fail "usage: same_bits.sh [--record FILE [ISA] | --compare FILE [ISA]]"
    ;;
esac
