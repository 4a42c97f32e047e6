#!/bin/sh
# A method, written by somebody who reads CONTRIBUTING.md: one new file in src/frac, its number in include/fsnn/frac.h, its
# declaration in src/frac/method.h and its row in src/frac/table.c. File and table are all that is compiled, and are linked
# with the library as it was built; everything else must work without knowing of it (toy/try_method.c).
set -u
root=$PWD
toy=$root/tests/build/toy
place=$(mktemp -d) || exit 1
trap 'rm -rf "$place"' EXIT
fail() { echo "FAILED: $*"; cat "$place/log"; exit 1; }
try() { "$@" >"$place/log" 2>&1 || fail "$*"; }

# What a contributor does, in a copy.
try cp -R "$root/src" "$root/include" "$place"
try cp "$toy/method_bdf2.c" "$place/src/frac/method_bdf2.c"
try sed -i 's|^} fsnn_method;|    FSNN_BDF2, /* fractional BDF of order 2, explicit */\n&|' "$place/include/fsnn/frac.h"
try sed -i 's/^extern const frac_method /&frac_bdf2, /' "$place/src/frac/method.h"
try sed -i 's/^static const frac_method \*const methods\[\] = {/&\n    [FSNN_BDF2] = \&frac_bdf2,/' "$place/src/frac/table.c"
{ diff -rq "$root/src" "$place/src"; diff -rq "$root/include" "$place/include"; } |
    sed "s|$place/||g; s|$root/||g" >"$place/log"
printf '%s\n' "Files src/frac/method.h and src/frac/method.h differ" "Only in src/frac: method_bdf2.c" \
    "Files src/frac/table.c and src/frac/table.c differ" "Files include/fsnn/frac.h and include/fsnn/frac.h differ" |
    LC_ALL=C sort >"$place/wanted"
LC_ALL=C sort "$place/log" | cmp -s - "$place/wanted" || fail "the method is not a file, a number, a declaration and a row"

# The library with its internal names, as the tests have it, and what stands behind it.
library=$FSNN_BUILD/libfsnn_internal.a
[ -e "$library" ] || { echo "FAILED: no $library: build all tests first"; exit 1; }
libraries=$(PKG_CONFIG_PATH=$FSNN_BUILD pkg-config --static --libs fsnn | sed 's/-lfsnn //')
sanitize=${FSNN_SANITIZE:+-fsanitize=$FSNN_SANITIZE}

# shellcheck disable=SC2086 # lists of flags
try "$CC" -std=c11 -D_GNU_SOURCE -O1 -g -Wall -Wextra -Werror -ffp-contract=off $sanitize -I"$place/include" \
    -I"$place/src" "$toy/try_method.c" "$place/src/frac/method_bdf2.c" "$place/src/frac/table.c" "$library" $libraries \
    -o "$place/try"
mkdir "$place/files"
try "$place/try" "$place/files"
echo "bdf2: one file, a number, a declaration and a row; it converges, streams, has gradients and is told"
