#!/bin/sh
# A clean Debian of this machine's release in DIR, from the mirror that this machine's apt uses, whose updates it has too.
#
#   tools/chroot.sh DIR        77: not root, no debootstrap, or no mirror to be reached
set -eu
skip() { echo "skipped: $*"; exit 77; }
[ $# -eq 1 ] || { echo "usage: tools/chroot.sh DIR" >&2; exit 2; }
folder=$1
[ "$(id -u)" -eq 0 ] || skip "a chroot needs root"
command -v debootstrap >/dev/null || skip "no debootstrap (tools/install-deps.sh --packages)"
suite=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
# shellcheck disable=SC2016 # apt's variables
targets=$(apt-get indextargets --format '$(SITE) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' | sort -u)
mirror=$(echo "$targets" | awk -v suite="$suite" '$2 == suite && $3 == "main" { print $1; exit }')
[ -n "$mirror" ] || skip "apt knows no mirror of $suite"

debootstrap --variant=minbase "$suite" "$folder" "$mirror" >"$folder.log" 2>&1 || {
    grep -qi 'failed getting release file\|unable to connect\|couldn.t download' "$folder.log" && skip "the mirror of $suite is not reached"
    tail -n 20 "$folder.log" >&2
    exit 1
}
echo "$targets" | awk -v suite="$suite" '$2 ~ "^" suite { print "deb", $1, $2, $3 }' >"$folder/etc/apt/sources.list"
cp /etc/resolv.conf "$folder/etc/resolv.conf"
