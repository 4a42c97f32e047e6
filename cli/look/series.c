/* cli/look/series.c: finds out which files hold series, and opens them. */
#include "cli/look/series.h"

#include "cli/look/inspect.h"

#include <fsnn/events.h>

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* The first line that is neither blank nor a comment, which # or % begins. */
static bool first_line(FILE *file, char *line, int size)
{
    while (fgets(line, size, file)) {
        const char *begin = line + strspn(line, "\xef\xbb\xbf \t\r\n");
        bool cut = !strchr(line, '\n');
        if (*begin && *begin != '#' && *begin != '%') {
            memmove(line, begin, strlen(begin) + 1);
            return true;
        }
        for (int c = 0; cut && c != '\n' && c != EOF;) /* the rest of a long comment */
            c = fgetc(file);
    }
    return false;
}

/* "100 2 360 650000": a name and whole numbers, in a file called .hea. */
static bool is_header(const char *path, const char *line)
{
    size_t n = strlen(path);
    int signals;
    char name[64];
    return n > 4 && strcmp(path + n - 4, ".hea") == 0 &&
           sscanf(line, "%63s %d", name, &signals) == 2;
}

/* EDF begins with its version, 0, BDF with its maker. */
static bool is_edf(const char *head, size_t size)
{
    return size >= 8 && (!memcmp(head, "0       ", 8) || !memcmp(head,
                                                                 "\xff"
                                                                 "BIOSEMI",
                                                                 8));
}

/* A class and values by tabs, in a file called .tsv. */
static bool is_table(const char *path, const char *line)
{
    size_t n = strlen(path);
    return n > 4 && strcasecmp(path + n - 4, ".tsv") == 0 && strchr(line, '\t');
}

static bool ends_with(const char *path, const char *ending)
{
    size_t n = strlen(path), e = strlen(ending);
    return n > e && strcasecmp(path + n - e, ending) == 0;
}

static bool is_csv(const char *path)
{
    return ends_with(path, ".csv") && !inspect_is_metrics(path);
}

/* HDF5 as SHD publishes it, which only its name tells from other packed files. */
static bool is_packed_hdf5(const char *path, const char *head, size_t size)
{
    return size >= 2 && head[0] == '\x1f' && head[1] == '\x8b' &&
           (ends_with(path, ".h5.gz") || ends_with(path, ".hdf5.gz"));
}

/* The pattern of the first file of sound in a folder, "{file}.flac"; "" where there is none. */
static void find_sound(const char *folder, char *pattern, size_t size)
{
    DIR *dir = opendir(folder);
    const struct dirent *entry;
    *pattern = 0;
    while (dir && !*pattern && (entry = readdir(dir))) {
        const char *ending = strrchr(entry->d_name, '.');
        char *path = cli_path(folder, entry->d_name);
        if (cli_entry(entry) && ending && ending > entry->d_name && fsnn_sound_known(path))
            snprintf(pattern, size, "{file}%s", ending);
        free(path);
    }
    if (dir)
        closedir(dir);
}

series_kind series_kind_of(const char *path)
{
    static const char hdf5[] = "\x89HDF\r\n\x1a\n";
    char head[512] = "";
    series_kind kind = SERIES_NONE;
    if (cli_is_directory(path)) {
        find_sound(path, head, sizeof head);
        return *head ? SERIES_WAV : SERIES_NONE;
    }
    FILE *file = fopen(path, "rb");
    if (!file)
        return SERIES_NONE;
    size_t n = fread(head, 1, 12, file);
    bool text = !memchr(head, 0, n); /* lengths of a safetensors header may begin with @, too */
    rewind(file);
    if (fsnn_sound_known(path))
        kind = SERIES_WAV;
    else if (is_edf(head, n))
        kind = SERIES_EDF;
    else if (n >= 8 && memcmp(head, hdf5, 8) == 0)
        kind = fsnn_events_known(path) ? SERIES_NONE : SERIES_HDF5;
    else if (is_packed_hdf5(path, head, n))
        kind = fsnn_events_known(path) ? SERIES_NONE : SERIES_HDF5;
    else if (text && first_line(file, head, sizeof head)) /* no YAML begins with @ */
        kind = head[0] == '@' || is_table(path, head) ? SERIES_TS
               : is_header(path, head)                ? SERIES_WFDB
               : is_csv(path)                         ? SERIES_CSV
                                                      : SERIES_NONE;
    fclose(file);
    return kind;
}

static fsnn_status open_sound(const char *path, fsnn_series **out)
{
    char pattern[300] = "";
    if (cli_is_directory(path))
        find_sound(path, pattern, sizeof pattern);
    return fsnn_series_wav(path, &(fsnn_wav_options){.pattern = *pattern ? pattern : NULL}, out);
}

fsnn_status series_open(const char *path, series_kind kind, const char **what, fsnn_series **out)
{
    static const char *const names[] = {[SERIES_TS] = "UCR/UEA series",
                                        [SERIES_WAV] = "sound",
                                        [SERIES_WFDB] = "WFDB record",
                                        [SERIES_EDF] = "EDF recording",
                                        [SERIES_CSV] = "table (CSV)"};
    *what = names[kind];
    if (kind == SERIES_TS)
        return fsnn_series_ts(path, out);
    if (kind == SERIES_WAV)
        return open_sound(path, out);
    if (kind == SERIES_CSV)
        return fsnn_series_csv(path, NULL, out);
    if (kind == SERIES_EDF)
        return fsnn_series_edf(path, NULL, out);
    return fsnn_series_wfdb(path, NULL, out);
}
