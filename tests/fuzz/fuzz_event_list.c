/* tests/fuzz/fuzz_event_list.c: which recordings a set holds, by texts of any bytes: the list, a
 * table of cuts, a pattern of names, with lines "%%" between; the recordings a.bin, b.bin and
 * 10_x.bin are there. */
#include "fuzz.h"

#include "data/events/event_files.h"

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    static const char *const names[] = {"a.bin", "b.bin", "10_x.bin"};
    for (int i = 0; i < FSNN_COUNT(names); i++)
        fuzz_file(names[i], "", 0);
    fuzz_seed_text(*argc, *argv, "list", "a 1\nb.bin,2 # so\n\n10_x 7\n%%\n%%\n");
    fuzz_seed_text(*argc, *argv, "cuts", "a\nb\n%%\nclass,from,to\n1,0,100\n2,100,2000,x\n# so\n");
    fuzz_seed_text(*argc, *argv, "pattern", "10_x.bin\n%%\n%%\n{class}_*.bin");
    return 0;
}

static void use(const event_pieces *p)
{
    for (int64_t i = 0; i < p->count; i++) {
        const event_piece *one = &p->piece[i];
        fuzz_check(one->path && one->from < one->to && one->label >= -1);
        fuzz_check(!p->labelled || (one->label >= 0 && one->label < p->classes && one->text));
    }
    for (int64_t c = 0; p->name && c < p->classes; c++)
        fuzz_check(!p->name[c] || strlen(p->name[c]) < 1 << 20);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t length;
    const uint8_t *text = fuzz_next(&data, &size, &length);
    const char *list = fuzz_file("list.txt", text, length);
    text = fuzz_next(&data, &size, &length);
    bool cut = length > 0;
    fuzz_file("a_cuts.csv", text, length);
    fuzz_file("b_cuts.csv", "1,0,10\n", 7);
    char *pattern = fuzz_next_text(&data, &size);
    const fsnn_event_files files = {.path = fuzz_folder,
                                    .list = list,
                                    .cuts = cut ? "_cuts.csv" : NULL,
                                    .pattern = *pattern ? pattern : NULL};
    event_pieces pieces;
    fuzz_forget();
    if (fuzz_good(event_pieces_find(&files, &pieces)))
        use(&pieces);
    event_pieces_free(&pieces);
    free(pattern);
    return 0;
}
