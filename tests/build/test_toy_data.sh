#!/bin/sh
# A kind of data, written by somebody who reads CONTRIBUTING.md: a reader in src/data and its declaration, what a description
# says of it in src/model, and its row in src/model/data_kinds.c. These are all that is compiled, and are linked with the
# library as it was built; everything else must work without knowing of it (toy/try_data.c).
set -u
root=$PWD
toy=$root/tests/build/toy
place=$(mktemp -d) || exit 1
trap 'rm -rf "$place"' EXIT
fail() { echo "FAILED: $*"; cat "$place/log"; exit 1; }
try() { "$@" >"$place/log" 2>&1 || fail "$*"; }

# What a contributor does, in a copy.
try cp -R "$root/src" "$root/include" "$place"
try cp "$toy/data_columns.c" "$place/src/data/columns.c"
try cp "$toy/model_columns.c" "$place/src/model/data_columns.c"
try sed -i 's|^FSNN_API void fsnn_data_destroy|/* Text files: a class and its values a line, behind `skip` lines. Errors: as fsnn_data_idx. */\
FSNN_API fsnn_status fsnn_data_columns(const char *path, int64_t skip, fsnn_data **data);\
&|' "$place/include/fsnn/data.h"
try sed -i 's/^    KIND(idx) .*/&\n    KIND(columns) \\/' "$place/src/model/data_kinds.c"
{ diff -rq "$root/src" "$place/src"; diff -rq "$root/include" "$place/include"; } |
    sed "s|$place/||g; s|$root/||g" >"$place/log"
printf '%s\n' "Only in src/data: columns.c" "Only in src/model: data_columns.c" \
    "Files src/model/data_kinds.c and src/model/data_kinds.c differ" \
    "Files include/fsnn/data.h and include/fsnn/data.h differ" | cmp -s - "$place/log" ||
    fail "the kind is not a file in src/data, one in src/model, a declaration and a row"

# The library with its internal names, as the tests have it, and what stands behind it.
library=$FSNN_BUILD/libfsnn_internal.a
[ -e "$library" ] || { echo "FAILED: no $library: build all tests first"; exit 1; }
libraries=$(PKG_CONFIG_PATH=$FSNN_BUILD pkg-config --static --libs fsnn | sed 's/-lfsnn //')
sanitize=${FSNN_SANITIZE:+-fsanitize=$FSNN_SANITIZE}

# shellcheck disable=SC2086 # lists of flags
try "$CC" -std=c11 -D_GNU_SOURCE -O1 -g -Wall -Wextra -Werror -ffp-contract=off $sanitize -I"$place/include" \
    -I"$place/src" "$toy/try_data.c" "$place/src/data/columns.c" "$place/src/model/data_columns.c" \
    "$place/src/model/data_kinds.c" "$library" $libraries -o "$place/try"
mkdir "$place/files"
try "$place/try" "$place/files"
echo "columns: a file in each of two rooms, a declaration and a row; it is read, split, trained on, settled and described"
