# compare.awk -v tolerance=T A B: both say the same, and numbers that begin with a blank differ by at most T of the largest in
# their line. Prints the lines that differ more; exit 1 where there are any.
function far(a, b, most) { return a != b && !(a + 0 - b <= tolerance * most && b - a <= tolerance * most) }
function size(x) { return x < 0 ? -x : x }
FNR == NR { line[FNR] = $0; lines = FNR; next }
{
    seen = FNR
    if ($0 == line[FNR]) next
    n = split(line[FNR], one)
    most = 0
    for (i = 2; i <= n; i++) if (one[i] ~ /^-?[0-9]/ && size(one[i] + 0) > most) most = size(one[i] + 0)
    wrong = n != NF || !/^ / || one[1] != $1
    for (i = 2; i <= NF && !wrong; i++) wrong = far(one[i], $i, most)
    if (wrong) { printf "line %d: %.60s | %.60s\n", FNR, line[FNR], $0; bad++ }
}
END {
    if (seen != lines) { printf "%d lines beside %d\n", lines, seen; bad++ }
    exit bad > 0
}
