# Clean Debians in folders, for tests that install there; sourced behind begin.sh.
# shellcheck shell=sh
roots=

clean()
{
    for root in $roots; do umount "$root/proc" 2>/dev/null; done
}

# Makes one in FOLDER.
debian() # FOLDER
{
    tools/chroot.sh "$1" >"$place/log" 2>&1
    code=$?
    [ $code -ne 77 ] || { cat "$place/log"; exit 77; }
    [ $code -eq 0 ] || fail "tools/chroot.sh"
    mount -t proc proc "$1/proc" || fail "mount"
    roots="$roots $1"
}

# Runs a command there with nothing of this machine's environment, as in a container.
inside() # FOLDER COMMAND...
{
    env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 \
        DEBIAN_FRONTEND=noninteractive chroot "$@"
}
