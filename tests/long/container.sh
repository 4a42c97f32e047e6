#!/bin/sh
# The stages of the Dockerfile, line by line, each in a clean Debian of its own: what RUN says is run in a chroot, COPY copies. The
# last one runs fsnn as a container does. 77: not root, no debootstrap, or no mirror.
set -u
place=$(mktemp -d) || exit 1
clean()
{
    for proc in "$place"/stages/*/proc; do umount "$proc" 2>/dev/null; done
    rm -rf --one-file-system "$place"
}
trap clean EXIT
fail() { echo "FAILED: $*"; [ ! -f "$place/log" ] || tail -n 40 "$place/log"; exit 1; }
mkdir "$place/stages"
root='' where='' stage=0

# A clean Debian for the stage that begins.
stage_begins() # FROM IMAGE [AS NAME]
{
    stage=$((stage + 1))
    case $1 in debian:12*) ;; *) fail "a stage from $1, where this test knows Debian 12" ;; esac
    root=$place/stages/${3:-$stage} where=/
    tools/chroot.sh "$root" >"$place/log" 2>&1
    code=$?
    [ $code -ne 77 ] || { cat "$place/log"; exit 77; }
    [ $code -eq 0 ] || fail "tools/chroot.sh"
    mount -t proc proc "$root/proc" || fail "mount"
}

# As in a container: nothing of this machine's environment.
run()
{
    env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 \
        chroot "$root" sh -c "cd '$where' && $1"
}

# COPY . . takes what git knows of the tree; COPY --from=STAGE a folder of that stage.
copy() # [--from=STAGE] SOURCE TARGET
{
    case $1 in
    --from=*) mkdir -p "$root$3" && cp -r "$place/stages/${1#--from=}$2/." "$root$3" ;;
    .) git ls-files -z --cached --others --exclude-standard | tar -c --null --ignore-failed-read -T - | tar -x -C "$root$where" ;;
    *) fail "COPY $*" ;;
    esac
}

git rev-parse --is-inside-work-tree >/dev/null 2>&1 || { echo "skipped: not a tree of git"; exit 77; }
sed -e ':join' -e '/\\$/{N;s/\\\n *//;b join' -e '}' -e '/^#/d' -e '/^$/d' Dockerfile >"$place/lines"
while read -r word rest <&3; do
    # shellcheck disable=SC2086 # words of a line
    case $word in
    FROM) stage_begins $rest ;;
    WORKDIR) where=$rest && mkdir -p "$root$where" ;;
    COPY) copy $rest ;;
    RUN) run "$rest" >"$place/log" 2>&1 </dev/null || fail "RUN $rest" ;;
    ENTRYPOINT) entry=$(echo "$rest" | tr -d '[]",') ;;
    *) fail "this test does not know $word" ;;
    esac
done 3<"$place/lines"

run "$entry --version" >"$place/log" 2>&1 || fail "$entry"
grep -q '^fsnn ' "$place/log" || fail "$entry --version"
run "$entry simulate --neuron lif --current constant:2 --alpha 0.5 --time 10 --out one" >"$place/log" 2>&1 || fail "simulate"
[ -s "$root$where/one.png" ] || fail "no figure"
run "python3 -c 'import fsnn; print(fsnn.built())'" >"$place/log" 2>&1 || fail "Python"
echo "the RUN lines of the Dockerfile pass, and the last stage runs $entry"
