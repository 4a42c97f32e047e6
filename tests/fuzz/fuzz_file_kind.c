/* tests/fuzz/fuzz_file_kind.c: what kind of file any bytes are, for the sentence that refuses them,
 * and whether they only stand in for the data. */
#include "fuzz.h"

#include "format/file_kind.h"

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    fuzz_seed_text(*argc, *argv, "lfs",
                   "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12\n");
    fuzz_seed_text(*argc, *argv, "annex", "../.git/annex/objects/a/b\n");
    fuzz_seed_text(*argc, *argv, "page", "\xef\xbb\xbf <!DOCTYPE html><html>");
    fuzz_seed_text(*argc, *argv, "error", "<?xml version=\"1.0\"?><Error>");
    fuzz_seed_text(*argc, *argv, "dat", "% Data file containing\n% evt 3.0\n");
    fuzz_seed_text(*argc, *argv, "arff", "% so\n# so\n @RELATION x\n");
    fuzz_seed_text(*argc, *argv, "zip", "PK\3\4x/data.pkl[Content_Types].xml.npy");
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_forget();
    fuzz_check(!fuzz_good(file_kind_fail("fuzz", data, size, "a file")));
    fuzz_forget();
    (void)fuzz_good(fsnn_file_stand_in("fuzz", data, size));
    return 0;
}
