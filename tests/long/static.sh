#!/bin/sh
# The program as one static file (cmake --preset static): built here, then started in a folder that holds nothing else, as the
# root of all files: no library, no /proc, no /dev. There it says what it is, computes, trains, writes, reads HDF5 that SZIP has
# packed, and gives the bytes of this build's program where both compute with the same instructions.
#
# FSNN_STATIC: a program that is there already. 77: neither root nor user namespaces here.
. tests/long/kit/begin.sh
build=${FSNN_BUILD:-build}
linked=$(realpath "${FSNN_BIN:-$build/fsnn}")

root=$place/root
mkdir "$root"
if [ "$(id -u)" -eq 0 ]; then
    inside() { (cd / && chroot "$root" "$@"); }
else
    unshare --user --map-root-user true 2>/dev/null || skip "neither root nor user namespaces here"
    inside() { (cd / && unshare --user --map-root-user chroot "$root" "$@"); }
fi

program=${FSNN_STATIC:-}
if [ -z "$program" ]; then
    try cmake --preset static -B "$place/build"
    try cmake --build "$place/build" -j "${JOBS:-2}" --target fsnn_cli
    ! grep -i 'warning' "$place/log" || fail "the build warns"
    program=$place/build/fsnn
fi
readelf -ld "$program" >"$place/log" || fail "readelf"
grep -qE 'NEEDED|INTERP' "$place/log" && fail "$program is not static"
cp "$program" "$root/fsnn"
strip "$root/fsnn"

# ---- what it is ----
try inside /fsnn --version
sed -n 2p "$place/log" | grep -q '^with .*HDF5.*(without .*oneDNN.*libsndfile.*)$' || fail "--version"
inside /fsnn doctor >"$root/doctor" 2>"$place/log" # gnuplot is missing there: 1
[ $? -eq 1 ] || fail "doctor where there is no gnuplot"
cat "$root/doctor" >"$place/log"
for line in 'program  *one static file' 'oneDNN  *left out' 'libsndfile  *left out' 'MPI  *left out' 'HDF5  *there' 'YAML  *there' \
    'OpenMP  *there' 'zlib  *there' 'libpng  *there' 'plots  *fails.*install gnuplot-nox'; do
    grep -q "^$line" "$root/doctor" || fail "doctor does not say \"$line\""
done
inside /fsnn doctor --json >"$root/doctor" 2>"$place/log"
grep -q '"program": *"static"' "$root/doctor" || fail "doctor --json"

# ---- a training, its evaluation, the same weights as this build's with plain kernels ----
images=/usr/share/datasets/fashion-mnist
cat >"$root/net.yaml" <<'Y'
input: [1, 28, 28]
layers:
  - conv2d: {out: 4, kernel: 5, stride: 2}
  - lif: {tau: 2.0}
  - flatten
  - linear: {out: 10}
  - lif: {tau: 2.0, name: lif2}
dynamics: {alpha: 0.5}
data:
  kind: idx
  train: {images: train-images-idx3-ubyte.gz, labels: train-labels-idx1-ubyte.gz}
  test: {images: t10k-images-idx3-ubyte.gz, labels: t10k-labels-idx1-ubyte.gz}
  limit: 500
training: {epochs: 1, loss: mse_rate}
Y
if [ -d "$images" ]; then
    cp "$images"/*.gz "$root"
    try inside /fsnn train net.yaml --out run --no-figures
    try inside /fsnn eval run --json
    grep -q '"accuracy"' "$place/log" || fail "no accuracy"
else
    echo "no $images: no training was tried"
fi
try inside /fsnn simulate --neuron lif --current constant:2 --alpha 0.6 --time 20 --no-figure --out one
FSNN_ISA=base try inside /fsnn simulate --neuron lif --current constant:2 --alpha 0.6 --time 20 --no-figure --out here
(cd "$place" && FSNN_ISA=base "$linked" simulate --neuron lif --current constant:2 --alpha 0.6 --time 20 --no-figure --out here) \
    >"$place/log" 2>&1 || fail "simulate of $linked"
for file in "$place"/here*; do
    cmp "$file" "$root/${file##*/}" >"$place/log" 2>&1 || fail "other numbers than $linked: ${file##*/}"
done

# ---- HDF5, packed by SZIP: events ----
cat >"$place/pack.c" <<'C'
#include <hdf5.h>
#include <stdint.h>
enum { N = 4096 };
static int put(hid_t group, const char *name, hid_t type, const void *x)
{
    hsize_t n = N, chunk = 512;
    hid_t space = H5Screate_simple(1, &n, NULL), list = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_chunk(list, 1, &chunk);
    if (H5Pset_szip(list, H5_SZIP_NN_OPTION_MASK, 16) < 0)
        return 1;
    hid_t set = H5Dcreate2(group, name, type, space, H5P_DEFAULT, list, H5P_DEFAULT);
    int bad = set < 0 || H5Dwrite(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, x) < 0;
    return H5Dclose(set), H5Pclose(list), H5Sclose(space), bad;
}
int main(int argc, char **argv)
{
    static uint16_t x[N], y[N];
    static uint8_t p[N];
    static int64_t t[N];
    for (int i = 0; i < N; i++)
        x[i] = (uint16_t)(i * 7 % 128), y[i] = (uint16_t)(i * 13 % 96), p[i] = (uint8_t)(i % 2), t[i] = 50 * i;
    hid_t file = H5Fcreate(argv[argc - 1], H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    hid_t group = H5Gcreate2(file, "events", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    int bad = put(group, "x", H5T_NATIVE_UINT16, x) || put(group, "y", H5T_NATIVE_UINT16, y) ||
              put(group, "p", H5T_NATIVE_UINT8, p) || put(group, "t", H5T_NATIVE_INT64, t);
    H5Gclose(group);
    return H5Fclose(file) < 0 || bad;
}
C
# shellcheck disable=SC2046 # a list of flags
try "${CC:-cc}" "$place/pack.c" -o "$place/pack" $(pkg-config --cflags --libs hdf5-serial)
try "$place/pack" "$root/events.h5"
try inside /fsnn convert events.h5 -o events.npz
(cd "$place" && "$linked" convert root/events.h5 -o events.npz) >"$place/log" 2>&1 || fail "convert of $linked"
cmp "$place/events.npz" "$root/events.npz" || fail "HDF5: other events than $linked reads"

# ---- what it cannot do it says ----
printf 'fLaC----' >"$root/sound.flac"
inside /fsnn inspect sound.flac >"$place/log" 2>&1 && fail "FLAC is read"
grep -q 'built without libsndfile' "$place/log" || fail "FLAC"
size=$(wc -c <"$root/fsnn")
echo "one static file of $size bytes runs in an empty root: simulation, training, evaluation, HDF5 by SZIP"
