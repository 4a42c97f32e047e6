/* fsnn inspect and plot on every kind of file they read, and on files they do not. */

#include "tiny.h"

static void description(void **state)
{
    (void)state;
    shell_says("$F inspect tiny.yaml", "\"tiny\"", "[6] -> [3]", "fc1", "linear", "lif2", "[12]",
               "alpha 0.6", "memory", "T = 6 and batches of 16");
    shell_says("cp tiny.yaml odd.npz; $F inspect odd.npz",
               "\"tiny\""); /* by content, not by name */
    shell_says("$F inspect tiny.yaml --set fc1.out=20", "[20]");
    shell_fails("$F inspect tiny.yaml --set fc1.out=0", 2, "out");
    /* what a training would plan: no more samples than there are */
    shell_says("$F inspect tiny.yaml --set training.batch=2000000000", "T = 6 and batches of 96");
    shell_says("$F inspect tiny.yaml --set training.batch=2000000000 --set data.validation=0.25",
               "T = 6 and batches of 72");
    shell_says("$F inspect tiny.yaml --set data.train.path=absent.npz", "and batches of 16",
               "as written, for the data could not be opened", "there is no file \"absent.npz\"");
    shell_good("$F inspect tiny.yaml --set fc2.out=2");
    shell_contains(shell_err, "fsnn train refuses it: tiny.yaml:7:5: layers[3]: the training data",
                   "data that do not fit");
}

/* Sizes and classes are had without the samples: damage among these is train's to find, and it does
 * before it takes a run directory. */
static void description_of_damaged_data(void **state)
{
    (void)state;
    shell_good("cp train.npz kept.npz");
    shell_good("printf 'xyz' | dd of=train.npz bs=1 seek=900 conv=notrunc 2>err");
    shell_good("$F inspect tiny.yaml --set training.batch=90");
    shell_contains(shell_out, "T = 6 and batches of 90", "sizes of the head");
    assert_null(strstr(shell_out, "as written"));
    shell_fails("$F train tiny.yaml --out r", 1, "entry x.npy is damaged");
    shell_good("test ! -e r");
    shell_good("$F inspect tiny.yaml --set fc2.out=2");
    shell_contains(shell_err, "the training data has 3 classes", "classes of the labels");
    shell_good("head -c 2000 kept.npz >train.npz");
    shell_says("$F inspect tiny.yaml", "and batches of 16", "could not be opened", "train.npz");
    shell_good("mv kept.npz train.npz");
}

static void arrays(void **state)
{
    (void)state;
    shell_says("$F inspect x.npz", "1 array", "float32", "[8, 3, 6]");
    fsnn_arrays list = {0};
    shell_add(&list, "half", FSNN_SHAPE(2, 2))[1] = 2;
    shell_add(&list, "empty", FSNN_SHAPE(0, 2));
    assert_int_equal(fsnn_arrays_meta(&list, "made by", "hand"), 0);
    assert_int_equal(fsnn_safetensors_write(folder_path("weights"), &list), 0);
    fsnn_arrays_free(&list);
    shell_says("$F inspect weights", "safetensors, 2 arrays", "half", "[2, 2]", "0.5", "made by",
               "hand");
    shell_fails("head -c 60 weights >cut; $F inspect cut", 1, "cut");
    shell_fails("head -c 60 x.npz >cut.npz; $F inspect cut.npz", 1, "cut.npz");
}

static void idx(void **state)
{
    (void)state;
    static const unsigned char labels[] = {0, 0, 8, 1, 0, 0, 0, 4, 1, 0, 1, 3};
    static const unsigned char images[] = {0, 0, 8, 3, 0, 0, 0,  2,  0,  0,
                                           0, 1, 0, 0, 0, 2, 10, 20, 30, 40};
    folder_write("labels", labels, sizeof labels);
    folder_write("images", images, sizeof images);
    shell_says("$F inspect labels", "uint8", "4 labels", "class", "3          1");
    shell_says("$F inspect images", "[2, 1, 2]", "2 samples of shape [1, 2]",
               "from 10 to 40, mean 25");
    folder_write("short", images, sizeof images - 1);
    shell_fails("$F inspect short", 1, "holds 3 bytes where its dimensions [2, 1, 2] need 4");
    static const unsigned char endless[] = {0, 0, 8, 3, 128, 0, 0, 0, 128, 0, 0, 0, 0, 0, 0, 4};
    folder_write("endless", endless, sizeof endless); /* 2^64 values: 0 to a 64-bit number */
    shell_fails("$F inspect endless", 1, "do not fit into a file of this length");
    folder_write("header", images, 9);
    shell_fails("$F inspect header", 1, "ends inside the IDX header");
}

/* The labels of the test before, packed. */
static void packed_idx(void **state)
{
    (void)state;
    NEEDS("zlib");
    shell_says("gzip -k labels; $F inspect labels.gz", "4 labels");
    shell_fails("head -c 30 labels.gz >cut.gz; $F inspect cut.gz", 1, "cut.gz");
    shell_fails("(head -c -8 labels.gz; printf 12345678) >sum.gz; $F inspect sum.gz", 1,
                "the gzip data is damaged");
    shell_fails("gzip -c weights >other.gz; $F inspect other.gz", 1, "an IDX file starts with");
}

/* Of images that would unpack to more than is sensible only type and shape are told. */
static void large_idx(void **state)
{
    (void)state;
    NEEDS("zlib");
    shell_good("{ printf '\\000\\000\\010\\003\\000\\022\\300\\000\\000\\000\\000\\020"
               "\\000\\000\\000\\020'; head -c 314572800 /dev/zero; } | gzip -1 >large.gz");
    shell_says("$F inspect large.gz", "IDX, uint8 [1228800, 16, 16]",
               "1,228,800 samples of shape [16, 16]",
               "the numbers would unpack to 300 MiB: only type and shape were read");
    shell_good("rm large.gz");
}

static void unknown_files(void **state)
{
    (void)state;
    folder_write("noise", "\001\002\003\004\377\376 something", 16);
    shell_fails("$F inspect noise", 1, "inspect reads");
    folder_write("nothing", "", 0);
    shell_fails("$F inspect nothing", 1, "the file is empty");
    shell_fails("$F inspect absent", 1, "absent");
    shell_fails("mkdir -p bare; $F inspect bare", 1, "bare: the directory is empty; inspect reads");
    shell_fails("echo words >bare/notes; $F inspect bare", 1,
                "not a run directory, and no data that are known");
    shell_fails("echo 'r 1 10 4' >r.hea; printf '\\1\\2' >r.dat; $F inspect r.dat", 1,
                "r.dat: a part of a WFDB record, which is opened by its header: give r.hea");
    shell_fails(
        "printf '# r\\rm 2 10 4\\rm.d0 16 1\\rm.d1\\t16 1\\r' >m.hea; printf '\\1\\2' >m.d1; "
        "$F inspect m.d1",
        1, "m.d1: a part of a WFDB record, which is opened by its header: give m.hea");
    shell_fails("cp m.d1 m.d; cp m.d1 n.d1; mkdir -p m; $F inspect m.d >/dev/null; $F inspect n.d1",
                1, "n.d1: not a kind of file that is known here");
    shell_fails("mv m.d1 m.hea m; $F inspect m/m.d1", 1, "by its header: give m/m.hea");
    shell_fails("printf '\\1\\2' >r.qrs; $F inspect r.qrs", 1, "give r.hea");
    folder_write_text("prose", "This is not a description.\n");
    shell_fails("$F inspect prose", 1,
                "prose: not a kind of file that is known here (it begins with the text \"This is "
                "not a description.\"); inspect reads");
    shell_fails("cp prose prose.yaml; $F inspect prose.yaml", 2, "prose.yaml:1:1: found");
}

/* What files hold, however they are packed, and what is not read of them. */
static void what_cannot_be_read(void **state)
{
    (void)state;
    fsnn_arrays list = {0};
    uint8_t *bytes = NULL;
    size_t size;
    assert_non_null(fsnn_arrays_add(&list, "esc\x1b[2J", FSNN_U8, &FSNN_SHAPE(3)));
    assert_non_null(fsnn_arrays_add(&list, "words", FSNN_U8, &FSNN_SHAPE(4)));
    shell_save(&list, "mixed.npz");
    GOOD(fsnn_file_read(folder_path("mixed.npz"), &bytes, &size));
    char *type = memmem(bytes, size, "words", 5);
    type = type ? memmem(type, size - (size_t)(type - (char *)bytes), "|u1", 3) : NULL;
    assert_non_null(type);
    memcpy(type, "|S1", 3);
    folder_write("mixed.npz", bytes, size);
    fsnn_free(bytes);
    shell_says("$F inspect mixed.npz", "2 arrays, 3 values", "esc\\x1b[2J",
               "words                  holds texts "
               "(type '|S1')");
    assert_null(strchr(shell_out, '\x1b'));
    shell_fails("$F run model.yaml --input mixed.npz --output y.npz", 1, "no array \"x\"");
    folder_write_text("pointer.aedat",
                      "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n");
    shell_fails("$F inspect pointer.aedat", 1, "pointer.aedat: is a Git LFS pointer, not the data");
    folder_write_text("net.pt", "PK\3\4......................net/data.pklFB");
    shell_fails("$F inspect net.pt", 1, "net.pt: ");
    shell_fails("$F eval tiny.yaml -w net.pt", 1, "net.pt: ");
    folder_write_text("a.raw", "% Date 2020-09-25 07:48:31\n% firmware_version 2.0.255\n");
    shell_fails("$F inspect a.raw", 1,
                "a.raw: is a recording in Prophesee's RAW format (EVT): a line \"% evt 2.0\"");
    static const char *const pointer[] = {
        "$F simulate -c file:pointer.aedat", "$F convert pointer.aedat -o x.npz",
        "$F compare pointer.aedat", "$F plot pointer.aedat", "$F eval tiny.yaml -w pointer.aedat"};
    for (size_t i = 0; i < sizeof pointer / sizeof *pointer; i++)
        shell_fails(pointer[i], 1, "pointer.aedat: is a Git LFS pointer, not the data");
    shell_good("ln -s .git/annex/objects/a1/b2/SHA256E-s9--0 linked.raw");
    shell_fails("$F inspect linked.raw", 1, "linked.raw: is a link of git-annex to a file that");
    shell_fails("printf '1 2' | $F inspect /dev/stdin", 1, "/dev/stdin: is a pipe or a device");
    shell_good("mkdir pipes; mkfifo pipes/a.bin pipes/b.wav pipes/c.hea");
    shell_fails("$F inspect pipes", 1, "pipes: "); /* a pipe in a folder is not waited for */
    shell_fails("$F plot pipes", 1, "pipes: ");
    shell_fails("printf '1 2' | $F plot /dev/stdin", 1, "/dev/stdin: is a pipe or a device");
    shell_good("printf '1\\n2\\n3\\n' | $F simulate -c file:/dev/stdin -o piped --no-figure");
    shell_good("test $(wc -l <piped.csv) = 4");
    folder_write("wide.yaml", "\xff\xfei\0n\0p\0", 8);
    shell_fails("$F inspect wide.yaml", 2, "wide.yaml:1:1: this is a text of 16 bits a character");
    folder_write("nul.yaml", "name: a\0b\n", 10);
    shell_fails("$F inspect nul.yaml", 2, "nul.yaml:1:8: this byte is no part of a UTF-8 text");
}

static uint8_t *put(uint8_t *p, uint64_t value, int bytes)
{
    for (; bytes > 0; bytes--, value >>= 8)
        *p++ = (uint8_t)value;
    return p;
}

/* An array of 300 MiB in a file of 320 kB: its header is had, whatever lies behind it (here nothing
 * that can be unpacked). */
static void what_is_too_large_stays_packed(void **state)
{
    (void)state;
    NEEDS("zlib");
    enum { VALUES = 300 << 20, PACKED = 320000 };
    static const char dict[] =
        "{'descr': '|u1', 'fortran_order': False, 'shape': (314572800,), }\n";
    size_t head = 10 + sizeof dict - 1;
    uint8_t *file = calloc(1, PACKED + 512), *p = file;
    assert_non_null(file);
    p = put(put(put(put(p, 0x04034b50, 4), 20, 4), 8, 2), 0, 4); /* signature, versions, method */
    p = put(put(put(put(put(p, 0, 4), PACKED, 4), head + VALUES, 4), 5, 2), 0, 2);
    memcpy(p, "x.npy", 5);
    p = put(put(put(p + 5, 0, 1), 60000, 2), ~60000u, 2); /* a block that is stored */
    memcpy(p, "\x93NUMPY\1\0", 8);
    p = put(p + 8, sizeof dict - 1, 2);
    memcpy(p, dict, sizeof dict - 1);
    size_t directory = 30 + 5 + PACKED;
    p = file + directory;
    p = put(put(put(put(p, 0x02014b50, 4), 20, 2), 20, 4), 8, 2);
    p = put(put(put(put(put(p, 0, 4), 0, 4), PACKED, 4), head + VALUES, 4), 5, 2);
    memcpy(p + 16, "x.npy", 5);
    p = put(put(put(p + 21, 0x06054b50, 4), 0, 4), 1 | 1 << 16, 4);
    p = put(put(put(p, 51, 4), directory, 4), 0, 2);
    folder_write("large.npz", file, (size_t)(p - file));
    free(file);
    shell_says("$F inspect large.npz", "1 array, 314,572,800 values",
               "x                      uint8    [314572800]",
               "the numbers would unpack to 300 MiB: only types and shapes were read");
    shell_fails("$F plot large.npz", 1, "the compressed data of entry x.npy is damaged");
}

static void runs(void **state)
{
    (void)state;
    shell_good("$F train tiny.yaml --out run --no-figures -q");
    shell_says("$F inspect run", "\"tiny\"", "3 epochs", "best", "last", "accuracy",
               "run/best.safetensors", "dead.lif1", "saturated.lif2");
    shell_good("$F train tiny.yaml --out silent --no-figures -q --set lif1.threshold=1e6");
    shell_says("$F inspect silent", "lif1: 100 % of the neurons never fire: a lower threshold");
    shell_says("$F inspect run/metrics.csv", "3 epochs", "best", "last");
    shell_good("mkdir begun && cp run/description.yaml begun");
    shell_says("$F inspect begun", "\"tiny\"");
}

static void need_gnuplot(void)
{
    if (!draws_figures())
        skip();
}

static void plots(void **state)
{
    (void)state;
    need_gnuplot();
    shell_good("test -d run || $F train tiny.yaml --out run --no-figures -q");
    shell_says("$F plot run", "run/figures/: 1 figure");
    shell_good("test -s run/figures/training.png && test -s run/figures/training.svg");
    shell_good("$F plot run/metrics.csv --out elsewhere && test -s elsewhere/training.png");
    shell_good("$F run model.yaml --input x.npz --output y.npz --record v,spikes");
    shell_says("$F plot y.npz --out pictures --sample 2", "pictures/: 4 figures");
    shell_good("test -s pictures/raster.png && test -s pictures/rates.png && test -s "
               "pictures/traces-lif1.svg");
    shell_good("$F plot y.npz --out one --layer lif1 --neurons 0,3,11 --step 0.5");
    shell_good("test -s one/traces-lif1.png && test ! -e one/traces-lif2.png");
}

/* Twenty pictures [1, 8, 8], x a diagonal; classes 0, 1, 2. */
static void picture_arrays(void)
{
    fsnn_arrays list = {0};
    float *x = shell_add(&list, "x", FSNN_SHAPE(20, 1, 8, 8)),
          *y = shell_add(&list, "y", FSNN_SHAPE(20));
    for (int i = 0; i < 20; i++) {
        y[i] = (float)(i % 3);
        for (int k = 0; k < 8; k++)
            x[i * 64 + k * 9] = (float)i;
    }
    shell_save(&list, "pictures.npz");
}

/* An array without a finite value beside one with some. */
static void lost_array(void)
{
    fsnn_arrays list = {0};
    float *lost = shell_add(&list, "lost", FSNN_SHAPE(100)),
          *kept = shell_add(&list, "kept", FSNN_SHAPE(100));
    for (int i = 0; i < 100; i++) {
        lost[i] = i % 2 ? NAN : INFINITY;
        kept[i] = (float)i;
    }
    shell_save(&list, "lost.npz");
}

static void plots_of_arrays(void **state)
{
    (void)state;
    need_gnuplot();
    unsigned char images[16 + 3 * 64] = {0, 0, 8, 3, 0, 0, 0, 3, 0, 0, 0, 8, 0, 0, 0, 8};
    for (int i = 0; i < 3 * 64; i++)
        images[16 + i] = (unsigned char)(i % 251);
    static const unsigned char labels[] = {0, 0, 8, 1, 0, 0, 0, 2, 1, 0};
    folder_write("im", (const char *)images, sizeof images);
    folder_write("lb", (const char *)labels, sizeof labels);
    shell_says("$F plot im --out i; ls i", "i/pictures.png", "pictures.svg");
    shell_good("test $(grep -c 'with rgbimage' i/pictures.gp) = 3");
    shell_good("$F plot im --sample 1 --frames 1 --out i && test $(grep -c 'with rgbimage' "
               "i/pictures.gp) = 1");
    shell_fails("$F plot im --sample 3", 2, "there are 3, counted from 0");
    shell_fails("$F plot lb", 1, "plot draws IDX files of pictures");
    picture_arrays();
    shell_good("$F plot pictures.npz --sample 4 --out a && grep -q '4 to 19 of 20 pictures, 8 x 8 "
               "pixels' a/pictures.gp && grep -q '5: class 2' a/pictures.gp");
    /* the pixels of picture 19, the largest value in sight: black on the diagonal, white beside
     * it */
    shell_good("$F plot pictures.npz --sample 19 --out a && grep -v '#' a/pictures.dat | head -2 "
               "| tr '\\n' ' ' | grep -qx '0 0 0 0 0 1 0 255 255 255 '");
    shell_good("test -d run || $F train tiny.yaml --out run --no-figures -q");
    shell_says("$F plot run/best.safetensors --out w; ls w", "w/distributions.png",
               "distributions.svg");
    shell_good("grep -q 'fc1.weight \\[12, 6\\]' w/distributions.gp && grep -q lif1.tau "
               "w/distributions.gp && grep -q alpha w/distributions.gp");
    shell_good("$F plot x.npz --out x && grep -q 'x \\[8, 3, 6\\]' x/distributions.gp");
    lost_array();
    shell_good("$F plot lost.npz --out lost && grep -q 'no finite value' lost/distributions.gp");
    shell_fails("head -c 100 run/best.safetensors >cut.safetensors; $F plot cut.safetensors", 1,
                "cut.safetensors");
}

/* The time axis is that of the run: its step, and its first stamp. */
static void plots_in_time(void **state)
{
    (void)state;
    need_gnuplot();
    shell_good("$F run model.yaml --input x.npz --output t.npz --record v,spikes --set "
               "dynamics.step=0.25");
    shell_good("$F plot t.npz --out timed && grep -q 'step h = 0.25' timed/raster.gp && grep -q "
               "'step h = 0.25' timed/traces-lif1.gp");
    shell_good("$F plot t.npz --out forced --step 3 && grep -q 'step h = 3)' forced/raster.gp");
    shell_good("$F run model.yaml --input x.npz --output t.npz --record v,spikes --set "
               "dynamics.step=0.5 --set dynamics.times=[7,8,9,10,11,12,13,14]");
    shell_good("$F plot t.npz --out stamped && grep -q 'step h = 0.5' stamped/raster.gp && grep -q "
               "'time since 7' stamped/raster.gp");
}

static void plots_refused(void **state)
{
    (void)state;
    shell_good("$F run model.yaml --input x.npz --output y.npz --record v,spikes");
    shell_fails("$F plot y.npz --layer lif3", 2, "did you mean lif");
    shell_fails("$F plot y.npz --layer lif1 --neurons 0,12", 2, "numbers from 0 to 11");
    shell_fails("$F plot y.npz --sample 3", 2, "there are 3 samples");
    shell_fails("$F plot x.npz --layer lif1", 1, "--record v,spikes");
    shell_fails("$F plot absent", 1, "no such file");
    shell_fails("mkdir -p hollow; $F plot hollow", 1,
                "hollow: the directory is empty; plot draws run directories");
    shell_fails("$F plot model.yaml", 1,
                "model.yaml: not a kind of file that is known here (it begins with the text "
                "\"name: tiny\"); plot draws");
    shell_fails(": >void; $F plot void", 1, "void: the file is empty; plot draws");
    shell_fails("cp model.yaml hollow; $F plot hollow", 1,
                "not a run directory, and no data that are known");
    shell_fails("echo 'r 1 10 4' >r.hea; printf '\\1\\2' >r.dat; $F plot r.dat", 1, "give r.hea");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(description),
        cmocka_unit_test(description_of_damaged_data),
        cmocka_unit_test(arrays),
        cmocka_unit_test(idx),
        cmocka_unit_test(packed_idx),
        cmocka_unit_test(large_idx),
        cmocka_unit_test(unknown_files),
        cmocka_unit_test(what_cannot_be_read),
        cmocka_unit_test(what_is_too_large_stays_packed),
        cmocka_unit_test(runs),
        cmocka_unit_test(plots),
        cmocka_unit_test(plots_of_arrays),
        cmocka_unit_test(plots_in_time),
        cmocka_unit_test(plots_refused),
    };
    return cmocka_run_group_tests(tests, tiny_start, folder_remove);
}
