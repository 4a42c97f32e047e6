/* tests/fuzz/fuzz_file_names.c: patterns of file names, conditions, a path and a list of paths, of
 * any bytes, with lines "%%" between. */
#include "fuzz.h"

#include "data/file_names.h"

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    fuzz_seed_text(*argc, *argv, "wav",
                   "{label}_{speaker}_{take}.wav\n%%\ntake=0-4 speaker=theo|lucas\n%%\n"
                   "7_theo_3.wav\n%%\n7_theo_3.wav\r\n\n0_lucas_12.wav \n");
    return 0;
}

/* The values of a match lie in the path, one after the other. */
static void use_match(const name_pattern *p, const char *path, const name_match *m)
{
    const char *from = path, *end = path + strlen(path);
    for (int i = 0; i < p->fields; i++) {
        fuzz_check(m->at[i] >= from && m->length[i] > 0 && m->at[i] + m->length[i] <= end);
        from = m->at[i] + m->length[i];
    }
}

static void use_pattern(const char *text, const char *conditions, const char *path)
{
    name_pattern p;
    name_match m;
    fuzz_forget();
    if (!fuzz_good(name_pattern_read(text, &p)))
        return;
    fuzz_forget();
    bool can = fuzz_good(name_condition_check(&p, conditions));
    if (!name_pattern_match(&p, path, &m))
        return;
    use_match(&p, path, &m);
    if (can)
        (void)name_condition_holds(&p, conditions, &m);
}

static void use_list(const char *path)
{
    name_list list = {0};
    fuzz_forget();
    (void)fuzz_good(name_list_read(&list, path));
    for (int64_t i = 0; i < list.count; i++) {
        fuzz_check(name_list_has(&list, list.item[i]));
        fuzz_check(!i || strcmp(list.item[i - 1], list.item[i]) <= 0);
    }
    name_list_free(&list);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *pattern = fuzz_next_text(&data, &size), *conditions = fuzz_next_text(&data, &size),
         *path = fuzz_next_text(&data, &size);
    use_pattern(pattern, conditions, path);
    use_list(fuzz_file("list.txt", data, size));
    free(pattern);
    free(conditions);
    free(path);
    return 0;
}
