/* tests/fuzz/make_hdf5.c: the corpus of fuzz_shd. Three samples, spikes at (0 s, 0), (0.25, 3),
 * (0.26, 3), (0.99, 9); none; (0.5, 4), (1.7, 1): plain, in compressed chunks, and in the library's
 * newest format.
 *   cc tests/fuzz/make_hdf5.c $(pkg-config --cflags --libs hdf5) -o make_hdf5 && ./make_hdf5
 *   tests/fuzz/hdf5 */
#include <hdf5.h>

#include <stdio.h>

static void put(hid_t file, const char *name, hid_t type, const void *values, int packed)
{
    hsize_t count = 3, chunk = 2;
    hid_t space = H5Screate_simple(1, &count, NULL), how = H5Pcreate(H5P_DATASET_CREATE);
    if (packed) {
        H5Pset_chunk(how, 1, &chunk);
        H5Pset_shuffle(how);
        H5Pset_deflate(how, 4);
    }
    hid_t set = H5Dcreate2(file, name, type, space, H5P_DEFAULT, how, H5P_DEFAULT);
    H5Dwrite(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values);
    H5Dclose(set), H5Pclose(how), H5Sclose(space);
}

/* extra/keys: the names of the classes. */
static void put_names(hid_t file)
{
    static const char *const names[6] = {"null", "eins", "zwei", "drei", "vier", "fuenf"};
    hsize_t count = 6;
    hid_t space = H5Screate_simple(1, &count, NULL), text = H5Tcopy(H5T_C_S1);
    hid_t extra = H5Gcreate2(file, "extra", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    H5Tset_size(text, H5T_VARIABLE);
    hid_t set = H5Dcreate2(file, "extra/keys", text, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    H5Dwrite(set, text, H5S_ALL, H5S_ALL, H5P_DEFAULT, names);
    H5Dclose(set), H5Gclose(extra), H5Tclose(text), H5Sclose(space);
}

/* What it names stands in a file that is not there. */
static void put_links(hid_t file)
{
    hsize_t count = 3;
    hid_t space = H5Screate_simple(1, &count, NULL), how = H5Pcreate(H5P_DATASET_CREATE);
    H5Lcreate_external("nowhere.h5", "x", file, "extra", H5P_DEFAULT, H5P_DEFAULT);
    H5Ldelete(file, "labels", H5P_DEFAULT);
    H5Pset_external(how, "nowhere.bin", 0, 3);
    H5Dclose(H5Dcreate2(file, "labels", H5T_NATIVE_UCHAR, space, H5P_DEFAULT, how, H5P_DEFAULT));
    H5Pclose(how), H5Sclose(space);
}

static void make(const char *folder, const char *name, int packed, int latest, void (*more)(hid_t))
{
    float first[4] = {0, 0.25F, 0.26F, 0.99F}, last[2] = {0.5F, 1.7F};
    unsigned short unit[4] = {0, 3, 3, 9}, late[2] = {4, 1};
    unsigned char label[3] = {2, 0, 5};
    const hvl_t times[3] = {{4, first}, {0, NULL}, {2, last}},
                units[3] = {{4, unit}, {0, NULL}, {2, late}};
    char path[512];
    snprintf(path, sizeof path, "%s/%s.h5", folder, name);
    hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    if (latest)
        H5Pset_libver_bounds(access, H5F_LIBVER_LATEST, H5F_LIBVER_LATEST);
    hid_t file = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, access);
    hid_t group = H5Gcreate2(file, "spikes", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    hid_t real = H5Tvlen_create(H5T_NATIVE_FLOAT), small = H5Tvlen_create(H5T_NATIVE_USHORT);
    put(file, "spikes/times", real, times, packed);
    put(file, "spikes/units", small, units, packed);
    put(file, "labels", H5T_NATIVE_UCHAR, label, packed);
    if (more)
        more(file);
    H5Tclose(real), H5Tclose(small), H5Gclose(group), H5Fclose(file), H5Pclose(access);
}

int main(int argc, char **argv)
{
    const char *folder = argc > 1 ? argv[1] : ".";
    make(folder, "plain", 0, 0, NULL);
    make(folder, "packed", 1, 0, NULL);
    make(folder, "latest", 1, 1, NULL);
    make(folder, "names", 0, 0, put_names);
    make(folder, "links", 0, 0, put_links);
    return 0;
}
