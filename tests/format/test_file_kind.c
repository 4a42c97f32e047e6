/* Files of other kinds, given to readers: what they are is said. */
#include "data/files.h"

#include "format/file_kind.h"

#include <fsnn/events.h>
#include <fsnn/graph.h>
#include <fsnn/model.h>
#include <fsnn/series.h>

static void beginnings(void **state)
{
    (void)state;
#define BYTES(text) text, sizeof text - 1
    static const struct {
        const char *bytes;
        size_t size;
        const char *name; /* NULL: not known */
    } row[] = {
        {BYTES("PK\3\4......................net/data.pklFB"), "a PyTorch file (a zip of"},
        {BYTES("PK\3\4......................x.npy"), "an NPZ file (NumPy arrays)"},
        {BYTES("PK\3\4......................[Content_Types].xml"), "a spreadsheet"},
        {BYTES("PK\3\4......................readme.txt"), "a zip archive without NumPy arrays"},
        {BYTES("\x80\2\x8a\nl\xfc\x9c\x46\xf9 j\xa8P\x19."), "a PyTorch file of before 1.6"},
        {BYTES("\x80\4\x95\x1a\0\0\0\0\0\0\0}"), "a file of pickled Python objects"},
        {BYTES("\x80\2\0\0\0\0\0\0{\"a\":"), "a safetensors file"}, /* a header of 640 bytes */
        {BYTES("\x1f\x8b\0\0\0\0\0\0{\"a\":"), "a safetensors file"},
        {BYTES("\x1f\x8b\x08\0"), "a gzip file"},
        {BYTES("\xff\xfe"
               "a\0,\0"),
         "a text of 16 bits a character (UTF-16)"},
        {BYTES("\xfe\xff\0a\0,"), "a text of 16 bits a character (UTF-16)"},
        {BYTES("RIFX\0\0\0\0WAVE"), "a RIFX file"},
        {BYTES("RF64\xff\xff\xff\xffWAVE"), "an RF64 file"},
        {BYTES("RIFF\0\0\0\0AVI "), "a RIFF file, but not of sound"},
        {BYTES("fLaC"), "a FLAC file"},
        {BYTES("% Data file containing CD events.\n% Version 2\n"), "DAT format"},
        {BYTES("% Date 2020-09-25 07:48:31\n% firmware_version 2.0.255\n"), "RAW format (EVT)"},
        {BYTES("Event Stream\2"), "an Event Stream recording (.es)"},
        {BYTES("MATLAB 5.0 MAT-file"), "a MATLAB file"},
        {BYTES("\n% remark\n%\n@Relation x\n"), "an ARFF file (Weka)"},
        {BYTES("% remark\n@problemName x\n"), NULL},
        {BYTES("@relations"), "an ARFF"},
        {BYTES("hello"), NULL},
        {BYTES(""), NULL},
        {BYTES("\0"), NULL},
    };
    for (int i = 0; i < FSNN_COUNT(row); i++) {
        const file_kind *kind = file_kind_find((const uint8_t *)row[i].bytes, row[i].size);
        if (!row[i].name != !kind || (kind && !strstr(kind->name, row[i].name)))
            fail_msg("row %d: found %s, expected %s", i, kind ? kind->name : "nothing",
                     row[i].name ? row[i].name : "nothing");
    }
}

static fsnn_status as_ts(const char *path)
{
    fsnn_series *s;
    return fsnn_series_ts(path, &s);
}

static fsnn_status as_wav(const char *path)
{
    fsnn_series *s;
    return fsnn_series_wav(path, NULL, &s);
}

static fsnn_status as_events(const char *path)
{
    fsnn_events e;
    return fsnn_events_read(path, &e);
}

static fsnn_status as_npz(const char *path)
{
    fsnn_arrays list = {0};
    return fsnn_npz_read(path, &list);
}

static fsnn_status as_idx(const char *path)
{
    fsnn_data *data;
    return fsnn_data_idx(path, NULL, &data);
}

static fsnn_status as_hdf5(const char *path)
{
    fsnn_shd_info info;
    return fsnn_shd_survey(path, &info);
}

static fsnn_status as_graph(const char *path)
{
    fsnn_graph *g;
    return fsnn_graph_read(path, &g);
}

static fsnn_status as_wfdb(const char *path)
{
    fsnn_series *s;
    return fsnn_series_wfdb(path, NULL, &s);
}

static fsnn_status as_safetensors(const char *path)
{
    fsnn_arrays list = {0};
    return fsnn_safetensors_read(path, &list);
}

/* Every reader, so that no format can be forgotten. */
static fsnn_status (*const readers[])(const char *path) = {
    as_ts, as_wav, as_events, as_npz, as_idx, as_hdf5, as_graph, as_wfdb, as_safetensors};

static void every_reader_knows_a_pointer(void **state)
{
    (void)state;
    static const char lfs[] = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n",
                      page[] = "<!doctype html><html>404</html>";
    const char *path = folder_path("f.bin");
    for (int i = 0; i < FSNN_COUNT(readers); i++) {
        CASE("reader %d", i);
        folder_write_text("f.bin", lfs);
        REFUSED(readers[i](path), FSNN_EFORMAT,
                "f.bin: is a Git LFS pointer, not the data (9 bytes): run git lfs pull");
        folder_write_text("f.bin", page);
        REFUSED(readers[i](path), FSNN_EFORMAT, "f.bin: is a web page (HTML), not the data");
        folder_write_text("f.bin", "");
        REFUSED(readers[i](path), FSNN_EFORMAT, "empty");
    }
    folder_delete("f.bin");
}

/* A folder where a file is expected is no file of 0 bytes. */
static void a_folder(void **state)
{
    (void)state;
    for (int i = 0; i < FSNN_COUNT(readers); i++) {
        if (readers[i] == as_graph || readers[i] == as_wav) /* which take folders */
            continue;
        CASE("reader %d", i);
        REFUSED(readers[i](folder), FSNN_EIO, "it is a directory");
    }
}

/* Files that people have (with their licences in ORIGIN.md there). */

static void real_files(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        fsnn_status (*read)(const char *path);
        const char *words;
    } row[] = {
        {"npy/test.pt", as_npz, "is a PyTorch file (a zip of pickled objects)"},
        {"npy/fortran_tensor_3d.pth", as_npz, "is a PyTorch file"},
        {"npy/py3-objarr.npy", as_npz, "holds Python objects (type '|O')"},
        {"ts/GunPoint_TRAIN.arff", as_npz, "is an ARFF file (Weka), not"},
        {"wav-scipy/test-8000Hz-le-3ch-5S-36bit.wav", as_wav, "holds PCM samples (format 1) of 36"},
        {"evt-dat-es/evt2.raw", as_wav, "is a recording in Prophesee's RAW format (EVT)"},
        {"evt-dat-es/sample_ncars.dat", as_wav, "is a recording in Prophesee's DAT format"},
        {"evt-dat-es/dvs.es", as_wav, "is an Event Stream recording (.es)"},
        {"evt-dat-es/sample_stmnist.mat", as_events, "is a MATLAB file"},
        {"nir/lif_norse.nir", as_hdf5, "is a NIR graph"},
    };
    char path[512];
    for (int i = 0; i < FSNN_COUNT(row); i++) {
        CASE("row[%d]", i);
        snprintf(path, sizeof path, "%s/field/%s", files_data(), row[i].name);
        if (access(path, R_OK) != 0)
            skip();
        REFUSED(row[i].read(path), ANY_ERROR, row[i].words);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(beginnings),
        cmocka_unit_test(every_reader_knows_a_pointer),
        cmocka_unit_test(a_folder),
        cmocka_unit_test(real_files),
    };
    return cmocka_run_group_tests_name("data/file_kind", tests, folder_open, folder_close);
}
