#!/bin/sh
# Builds the playground: pages that stand alone, each one file with its script and its module inside.
#
#   tools/playground.sh FOLDER    writes FOLDER/index.html and FOLDER/train.html
#   tools/playground.sh --check   says what is missing here for that; exit code 1 where something is
set -u
cd "$(dirname "$0")/.." || exit 2
fail() { echo "playground: $*" >&2; exit 1; }

lacks() # what is not there, in words; nothing: all is
{
    for tool in cmake clang wasm-ld llvm-ar llvm-nm python3; do
        command -v "$tool" >/dev/null 2>&1 || { echo "no $tool"; return; }
    done
    empty=$(mktemp -d) || return
    echo 'int main(void) { return 0; }' >"$empty/a.c"
    clang --target=wasm32-wasi "$empty/a.c" -o "$empty/a.wasm" >/dev/null 2>&1 ||
        echo "$(clang --version | head -n 1) has no wasi-libc or no libclang-rt for wasm32"
    rm -rf "$empty"
}

case ${1:-} in
'' | -h | --help)
    sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//;p;}' "$0"
    exit $((${#} == 0))
    ;;
esac
lack=$(lacks)
[ -z "$lack" ] || fail "$lack here: tools/install-deps.sh --deploy installs it"
[ "$1" != --check ] || exit 0

out=$1
mkdir -p "$out" || fail "cannot make the folder $out"
log=$out/build.log
quietly() { "$@" >"$log" 2>&1 || { tail -n 20 "$log" >&2; fail "$* failed; all it said is in $log"; }; }
quietly cmake -S . -B "$out/modules" --toolchain "$PWD/cmake/wasm32-wasi.cmake" -DCMAKE_BUILD_TYPE=MinSizeRel -DFSNN_PLAYGROUND=ON
quietly cmake --build "$out/modules" -j "${JOBS:-2}"
python3 tools/playground.py "$out" || fail "packing failed"
