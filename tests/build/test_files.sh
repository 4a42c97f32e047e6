#!/bin/sh
# docs/files.md: every example of its tables runs and says something, every recipe makes a file that fsnn inspect reads. What needs data
# that are not there, or a library that is not, is skipped with a line. FSNN_RECIPE_PYTHON: another Python for the recipes.
set -u
fsnn=$(realpath "${FSNN_BIN:-build/fsnn}")
source=$(pwd)
data=$(realpath "${FSNN_DATA:-../shared/data}")
page=$source/docs/files.md
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
failures=0 run=0 skipped=0
fail() { echo "FAILED: $*"; failures=$((failures + 1)); }
skip() { echo "skipped: $*"; skipped=$((skipped + 1)); }
PATH=$(dirname "$fsnn"):$PATH

mkdir "$work/examples" || exit 1
cd "$work/examples" || exit 1
for name in tests nir-pack examples docs; do ln -s "$source/$name" $name; done
[ ! -d "$data" ] || ln -s "$data" data

# missing COMMAND: the first of its words that is a path into data/ and is not there
missing() { for word in $1; do case $word in data/*) [ -e "$word" ] || { echo "$word"; return 0; } ;; esac done; return 1; }

# The last cell of each row of a table whose header ends in "example".
awk -F'|' '/^\|/ { if ($(NF - 1) ~ /^ *example *$/) on = 1; else if (on && $(NF - 1) !~ /---/) print $(NF - 1); next } { on = 0 }' "$page" |
    sed 's/^ *`//; s/` *$//' >commands
[ "$(wc -l <commands)" -ge 20 ] || fail "docs/files.md: only $(wc -l <commands) examples were found"
while read -r command; do
    case $command in
    fsnn\ *) ;;
    *)
        fail "docs/files.md: an example is no command: $command"
        continue
        ;;
    esac
    if lack=$(missing "$command"); then
        skip "$command: $lack is not there"
        continue
    fi
    # shellcheck disable=SC2086 # its words
    if $command >out 2>err </dev/null && [ -s out ]; then
        run=$((run + 1))
    elif grep -q 'built without' err; then
        skip "$command: $(cat err)"
    else
        fail "$command: $(cat err)"
    fi
done <commands

# ---- recipes: NAME.py for each heading, in a folder of its own with what the recipe reads ----

mkdir "$work/recipes" && cd "$work/recipes" || exit 1
awk '/^## / { on = /Recipes/ } on && /^### / { n++; name = sprintf("%d.py", n); next } on && /^```python/ { code = 1; next }
    /^```/ { code = 0 } on && code { print >name } ' "$page"

# python CODE: the first Python that can run it
python()
{
    for candidate in ${FSNN_RECIPE_PYTHON:-} python3 /usr/bin/python3; do
        "$candidate" -c "$1" >/dev/null 2>&1 && { echo "$candidate"; return 0; }
    done
    return 1
}

# recipe NUMBER WHAT PREPARE OUT WORDS: runs it, after PREPARE, in a folder; inspect of OUT says WORDS
recipe()
{
    imports=$(grep -E '^(import|from) ' "$1.py")
    if ! with=$(python "$imports"); then
        skip "recipe $2: no Python has what it imports"
        return
    fi
    mkdir "$1" && cp "$1.py" "$1/recipe.py" || exit 1
    printf '%s\n' "$3" >"$1/prepare.py"
    if (cd "$1" && "$with" prepare.py && "$with" recipe.py) >out 2>err && fsnn inspect "$1/$4" >out 2>err && tr -s ' ' <out | grep -qe "$5"; then
        run=$((run + 1))
    else
        fail "recipe $2: $(cat err out | tail -n 12)"
    fi
}

recipe 1 "Keras mnist.npz" 'import numpy as np
r = np.random.default_rng(1)
np.savez("mnist.npz", **{k + p: r.integers(0, 255, (9, 28, 28) if k == "x_" else 9).astype(np.uint8) for k in ("x_", "y_") for p in ("train", "test")})' \
    train.npz '^x float32 \[9, 1, 28, 28\]'
if [ -d "$work/examples/data/planetoid/original" ]; then
    recipe 2 Planetoid "import glob, os
for f in glob.glob('$work/examples/data/planetoid/original/ind.cora.*'): os.symlink(f, os.path.basename(f))" \
        cora.npz '5,278\|5278'
else
    skip "recipe Planetoid: data/planetoid/original is not there"
fi
recipe 3 "edge lists" 'open("edges.txt", "w").write("# a graph\n10 20\n20 30\n30 10\n30 40\n")
open("classes.txt", "w").write("10 0\n20 1\n30 0\n40 1\n")' graph.npz '\b4 nodes\|nodes *4'
recipe 4 "JPEG folders" 'import os
from PIL import Image
for c in "ab":
    os.makedirs("pictures/" + c)
    for n in range(3): Image.new("RGB", (40 + n, 30), (200, 10 * n, 0)).save(f"pictures/{c}/{n}.jpg")' pictures.npz '^x float32 \[6, 3, 32, 32\]'
recipe 5 "Keras weights" 'import h5py, numpy as np
with h5py.File("model.weights.h5", "w") as f:
    f["conv/conv/kernel:0"], f["conv/conv/bias:0"] = np.zeros((3, 5, 1, 4), "f4"), np.zeros(4, "f4")
    f["layers/dense/vars/0"], f["layers/dense/vars/1"] = np.zeros((7, 2), "f4"), np.zeros(2, "f4")' weights.npz '^dense.weight float32 \[2, 7\]'

echo "$run examples and recipes of docs/files.md work, $skipped skipped"
[ $failures -eq 0 ]
