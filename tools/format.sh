#!/bin/sh
# The layout of the code: clang-format 14 by .clang-format, and no line over 100 columns, comments included.
#
#   tools/format.sh           lays out every C file
#   tools/format.sh --check   prints what is not laid out like that, exit 1 where there is something; 77 without clang-format 14,
#                             as other versions lay out differently
cd "$(dirname "$0")/.." || exit 2
program=
for name in clang-format-14 clang-format; do
    "$name" --version 2>/dev/null | grep -q 'version 14\.' && program=$name && break
done
if [ -z "$program" ]; then
    echo "format: clang-format 14 is not there (Debian 12: apt-get install clang-format): nothing done" >&2
    exit 77
fi
files() { find bench cli examples include playground src tests \( -name '*.c' -o -name '*.h' \) -print; }
case ${1:-} in
'') files | xargs "$program" -i ;;
--check)
    status=0
    files | xargs "$program" --dry-run --Werror >&2 || status=1
    files | xargs awk 'length($0) > 100 { printf "%s:%d: %d columns, at most 100\n", FILENAME, FNR, length($0); bad = 1 }
                       END { exit bad }' >&2 || status=1
    exit $status
    ;;
*)
    sed -n '2,/^cd/{/^cd/d;s/^# \{0,1\}//;p;}' "$0" >&2
    exit 2
    ;;
esac
