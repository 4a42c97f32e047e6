#!/bin/sh
# The stages of the Dockerfile, line by line, each in a clean Debian of its own: what RUN says is run in a chroot, COPY copies. The
# last one runs fsnn as a container does. 77: not root, no debootstrap, or no mirror.
. tests/long/kit/begin.sh
. tests/long/kit/debian.sh
git rev-parse --is-inside-work-tree >/dev/null 2>&1 || skip "not a tree of git"
mkdir "$place/stages"
stage='' where=/ count=0 entry=''

from() # IMAGE [AS NAME]
{
    case $1 in debian:12*) ;; *) fail "a stage from $1, where this test knows Debian 12" ;; esac
    count=$((count + 1))
    stage=$place/stages/${3:-$count} where=/
    debian "$stage"
}

# What git knows of the tree, or a folder of another stage.
copy() # . . | --from=STAGE SOURCE TARGET
{
    case $1 in
    --from=*) mkdir -p "$stage$3" && cp -r "$place/stages/${1#--from=}$2/." "$stage$3" ;;
    .) git ls-files -z --cached --others --exclude-standard | tar -c --null --ignore-failed-read -T - | tar -x -C "$stage$where" ;;
    *) fail "COPY $*" ;;
    esac
}

run() { inside "$stage" sh -c "cd '$where' && $1" </dev/null; }

sed -e ':join' -e '/\\$/{N;s/\\\n *//;b join' -e '}' -e '/^#/d' -e '/^$/d' Dockerfile >"$place/lines"
while read -r word rest <&3; do
    # shellcheck disable=SC2086 # words of a line
    case $word in
    FROM) from $rest ;;
    WORKDIR) where=$rest && mkdir -p "$stage$where" ;;
    COPY) copy $rest ;;
    RUN) try run "$rest" ;;
    ENTRYPOINT) entry=$(echo "$rest" | tr -d '[]",') ;;
    *) fail "this test does not know $word" ;;
    esac
done 3<"$place/lines"

try run "$entry --version"
grep -q '^fsnn ' "$place/log" || fail "$entry --version"
try run "$entry simulate --neuron lif --current constant:2 --alpha 0.5 --time 10 --out one"
[ -s "$stage$where/one.png" ] || fail "no figure"
try run "python3 -c 'import fsnn; print(fsnn.built())'"
echo "the RUN lines of the Dockerfile pass, and the last stage runs $entry"
