/* format/hdf_library.h: the HDF5 library, loaded when a file needs it and not when a program
 * starts: Debian's brings thirty libraries along (of HTTP, Kerberos, LDAP), which took two thirds
 * of every start. Its functions are called as h5.Dread(...), its numbers that are known at run time
 * alone read as *h5.T_NATIVE_DOUBLE. A program that is one static file holds the library
 * (FSNN_HDF5_LIBRARY, the name of the file, is not defined). The environment variable
 * FSNN_HDF5_LIBRARY names another file of the same version of it. */
#ifndef FSNN_FORMAT_HDF_LIBRARY_H
#define FSNN_FORMAT_HDF_LIBRARY_H

#include "base/base.h"

#include <hdf5.h>

/* X(name): the function H5name */
/* clang-format off */
#define HDF_FUNCTIONS(X) \
    X(open) X(get_libversion) X(free_memory) X(Aclose) X(Aexists) X(Aget_space) \
    X(Aget_storage_size) X(Aget_type) X(Aopen) X(Aread) X(Dclose) X(Dcreate2) \
    X(Dget_create_plist) X(Dget_space) X(Dget_storage_size) X(Dget_type) X(Dopen2) X(Dread) \
    X(Dvlen_reclaim) X(Dwrite) X(Eget_auto2) X(Eset_auto2) X(Fclose) X(Fcreate) X(Fflush) \
    X(Fget_file_image) X(Fis_hdf5) X(Fopen) X(Gclose) X(Gcreate2) X(Gget_info) X(Gopen2) \
    X(Iget_file_id) X(Iget_name) X(Iget_type) X(Lexists) X(Lget_info) X(Lget_name_by_idx) \
    X(Oclose) X(Oopen) X(Pclose) X(Pcreate) X(Pget_chunk) X(Pget_external_count) \
    X(Pget_filter2) X(Pget_layout) X(Pget_nfilters) X(Pset_chunk_cache) X(Pset_elink_cb) \
    X(Pset_fapl_core) X(Pset_fapl_stdio) X(Pset_obj_track_times) X(Sclose) X(Screate) \
    X(Screate_simple) X(Sget_simple_extent_dims) X(Sget_simple_extent_ndims) \
    X(Sget_simple_extent_npoints) X(Sget_simple_extent_type) X(Sselect_hyperslab) X(Tclose) \
    X(Tconvert) X(Tcopy) X(Tcreate) X(Tget_class) X(Tget_member_name) X(Tget_member_type) \
    X(Tget_native_type) X(Tget_nmembers) X(Tget_sign) X(Tget_size) X(Tget_super) X(Tinsert) \
    X(Tis_variable_str) X(Tset_cset) X(Tset_size) X(Tvlen_create) X(Zfilter_avail)
/* clang-format on */

/* X(name, variable): what H5name stands for */
#define HDF_NUMBERS(X)                                                                             \
    X(P_FILE_ACCESS, H5P_CLS_FILE_ACCESS_ID_g)                                                     \
    X(P_DATASET_ACCESS, H5P_CLS_DATASET_ACCESS_ID_g)                                               \
    X(P_DATASET_CREATE, H5P_CLS_DATASET_CREATE_ID_g)                                               \
    X(P_GROUP_CREATE, H5P_CLS_GROUP_CREATE_ID_g)                                                   \
    X(T_C_S1, H5T_C_S1_g)                                                                          \
    X(T_IEEE_F32LE, H5T_IEEE_F32LE_g)                                                              \
    X(T_IEEE_F64LE, H5T_IEEE_F64LE_g)                                                              \
    X(T_STD_I64LE, H5T_STD_I64LE_g)                                                                \
    X(T_NATIVE_DOUBLE, H5T_NATIVE_DOUBLE_g)                                                        \
    X(T_NATIVE_FLOAT, H5T_NATIVE_FLOAT_g)                                                          \
    X(T_NATIVE_INT8, H5T_NATIVE_INT8_g)                                                            \
    X(T_NATIVE_INT16, H5T_NATIVE_INT16_g)                                                          \
    X(T_NATIVE_INT32, H5T_NATIVE_INT32_g)                                                          \
    X(T_NATIVE_INT64, H5T_NATIVE_INT64_g)                                                          \
    X(T_NATIVE_UINT8, H5T_NATIVE_UINT8_g)                                                          \
    X(T_NATIVE_UINT16, H5T_NATIVE_UINT16_g)                                                        \
    X(T_NATIVE_UINT32, H5T_NATIVE_UINT32_g)                                                        \
    X(T_NATIVE_UINT64, H5T_NATIVE_UINT64_g)

/* H5F_ACC_RDONLY and H5F_ACC_TRUNC, which are macros that call the library */
enum { HDF_READ_ONLY = 0x0000, HDF_TRUNCATE = 0x0002 };

typedef struct hdf_library {
#define X(name) __typeof__(&H5##name) name;
    HDF_FUNCTIONS(X)
#undef X
#define X(name, variable) const hid_t *name;
    HDF_NUMBERS(X)
#undef X
} hdf_library;

extern hdf_library h5;

/* To be called before any use of h5; later calls do nothing. The path of the file that needs the
 * library begins the sentence. Errors: FSNN_EUNSUPPORTED (it cannot be loaded, or does not start).
 */
fsnn_status hdf_library_load(const char *path);

#endif
