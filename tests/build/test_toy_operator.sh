#!/bin/sh
# An operator with a memory of its own, written by somebody who reads CONTRIBUTING.md: one new file and its row in
# src/op/table.c. These two are all that is compiled, and are linked with the library as it was built; everything else must
# work without knowing of it (toy/try.c).
set -u
root=$PWD
toy=$root/tests/build/toy
place=$(mktemp -d) || exit 1
trap 'rm -rf "$place"' EXIT
fail() { echo "FAILED: $*"; cat "$place/log"; exit 1; }
try() { "$@" >"$place/log" 2>&1 || fail "$*"; }

# What a contributor does, in a copy.
try cp -R "$root/src" "$place/src"
try cp "$toy/leak.c" "$place/src/op/leak.c"
try sed -i -e 's/^const fsnn_op \*const fsnn_ops\[\] = {/extern const fsnn_op op_leak;\n&\n    \&op_leak,/' \
    "$place/src/op/table.c"
diff -rq "$root/src" "$place/src" | sed "s|$place/||g; s|$root/||g" >"$place/log"
printf '%s\n' "Only in src/op: leak.c" "Files src/op/table.c and src/op/table.c differ" | cmp -s - "$place/log" ||
    fail "the operator is not one file and a row of src/op/table.c"

# The library with its internal names, as the tests have it, and what stands behind it.
library=$FSNN_BUILD/libfsnn_internal.a
[ -e "$library" ] || { echo "FAILED: no $library: build all tests first"; exit 1; }
libraries=$(PKG_CONFIG_PATH=$FSNN_BUILD pkg-config --static --libs fsnn | sed 's/-lfsnn //')
sanitize=${FSNN_SANITIZE:+-fsanitize=$FSNN_SANITIZE}

# shellcheck disable=SC2086 # lists of flags
try "$CC" -std=c11 -D_GNU_SOURCE -O1 -g -Wall -Wextra -Werror -ffp-contract=off $sanitize -I"$root/include" -I"$place/src" \
    "$toy/try.c" "$place/src/op/leak.c" "$place/src/op/table.c" "$library" $libraries -o "$place/try"
try "$place/try" "$place"
echo "leak: one file and one row; wraps, streams, saves, loads, trains by segments and in loops, is read and described"
