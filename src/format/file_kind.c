/* format/file_kind.c: a table of the beginnings of files. */
#include "format/file_kind.h"

#include "base/port_files.h"
#include "base/sentence.h"
#include "format/lines.h"

#include <fsnn/file.h>

#include <ctype.h>
#include <errno.h>
#include <string.h>
#include <strings.h>

enum { HEAD = 4096 };

typedef struct head {
    const uint8_t *byte;
    size_t size;
} head;

static bool has(const head *h, const char *text)
{
    return memmem(h->byte, h->size, text, strlen(text)) != NULL;
}

/* The first word of a text's first line that is no remark, remarks beginning with % or #. */
static bool first_word(const head *h, const char *word)
{
    const char *at = (const char *)h->byte, *end = at + h->size;
    while (at < end) {
        while (at < end && isspace((unsigned char)*at))
            at++;
        if (at == end || (*at != '%' && *at != '#'))
            break;
        at = line_end(at, end);
    }
    size_t length = strlen(word);
    return (size_t)(end - at) >= length && strncasecmp(at, word, length) == 0;
}

/* ---- finer tests, where the magic bytes are those of several formats ---- */

/* torch.save writes NAME/data.pkl first, torch.jit.save the same or NAME/version. */
static bool is_torch(const head *h)
{
    return has(h, "/data.pkl") || has(h, "/.format_version") || has(h, "/constants.pkl");
}

/* Behind its mark a letter of ASCII. */
static bool is_utf16(const head *h)
{
    return h->size >= 4 && !h->byte[2] != !h->byte[3];
}

static bool is_office(const head *h)
{
    return has(h, "[Content_Types].xml") || has(h, "mimetypeapplication/vnd.oasis");
}

static bool is_npz(const head *h)
{
    return has(h, ".npy");
}

/* Protocols 2 to 5, and an instruction that pickles begin with. */
static bool is_pickle(const head *h)
{
    return h->size > 2 && h->byte[1] >= 2 && h->byte[1] <= 5 && h->byte[2] &&
           strchr("}](cKX\x95\x8a", h->byte[2]);
}

static bool is_old_torch(const head *h)
{
    static const uint8_t number[] = {0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9};
    return h->size >= sizeof number && !memcmp(h->byte, number, sizeof number);
}

/* Header lines of Prophesee's files. */
static bool is_raw(const head *h)
{
    return has(h, "\n% evt ") || has(h, "\n% firmware_version") || has(h, "% camera_integrator") ||
           has(h, "\n% geometry");
}

static bool is_dat(const head *h)
{
    return has(h, "% Data file containing");
}

static bool is_arff(const head *h)
{
    return first_word(h, "@relation");
}

static bool is_idx(const head *h)
{
    return h->size > 3 && h->byte[2] >= 8 && h->byte[2] <= 0x0e && h->byte[3] >= 1 &&
           h->byte[3] <= 8;
}

static bool is_wave(const head *h)
{
    return h->size >= 12 && !memcmp(h->byte + 8, "WAVE", 4);
}

static bool is_aiff(const head *h)
{
    return h->size >= 12 && (!memcmp(h->byte + 8, "AIFF", 4) || !memcmp(h->byte + 8, "AIFC", 4));
}

/* The sync of a frame, a version that there is, layer III. */
static bool is_mp3(const head *h)
{
    return h->size > 1 && (h->byte[1] & 0xe6) == 0xe2 && (h->byte[1] & 0x18) != 8;
}

/* The version, a patient, a recording and two dates in ASCII. */
static bool is_edf(const head *h)
{
    return h->size >= 256 && h->byte[170] == '.' && h->byte[178] == '.';
}

/* Eight bytes of length, of which four are enough, then JSON: the length may be anything. */
static bool is_safetensors(const head *h)
{
    return h->size > 8 && h->byte[8] == '{' && !memcmp(h->byte + 4, "\0\0\0\0", 4);
}

static bool is_riff(const head *h)
{
    return h->size >= 12;
}

static bool is_tar(const head *h)
{
    return h->size >= 262 && !memcmp(h->byte + 257, "ustar", 5);
}

static const char SOUND[] = "data of the kind wav reads it",
                  WAV[] = "data of the kind wav reads it";

static const char TORCH[] = "its arrays can be had as x.numpy() and saved by numpy.savez or "
                            "safetensors.torch.save_file";
#define EVT                                                                                        \
    "a line \"% evt 2.0\", 2.1 or 3.0, or \"% format EVT3\", names the words that can be read"

/* Those with finer tests stand before what is left. "": any beginning. */
static const struct {
    const char *magic;
    size_t length;
    bool (*is)(const head *h); /* NULL: the magic is enough */
    file_kind kind;
} kinds[] = {
#define BEGINS(text) text, sizeof text - 1
    {BEGINS(""), is_safetensors, {"a safetensors file", NULL}},
    {BEGINS("PK\3\4"), is_torch, {"a PyTorch file (a zip of pickled objects)", TORCH}},
    {BEGINS("PK\3\4"), is_office, {"a spreadsheet or other office document", "export it as CSV"}},
    {BEGINS("PK\3\4"), is_npz, {"an NPZ file (NumPy arrays)", NULL}},
    {BEGINS("PK\3\4"), NULL, {"a zip archive without NumPy arrays", "unpack it"}},
    {BEGINS("PK\5\6"), NULL, {"an empty zip archive", NULL}},
    {BEGINS("\x93NUMPY"), NULL, {"a NumPy array (.npy)", NULL}},
    {BEGINS("\x80"), is_old_torch, {"a PyTorch file of before 1.6 (pickled objects)", TORCH}},
    {BEGINS("\x80"), is_pickle, {"a file of pickled Python objects", "numpy.savez saves arrays"}},
    {BEGINS("\x89HDF\r\n\x1a\n"), NULL, {"an HDF5 file", NULL}},
    {BEGINS("MATLAB "), NULL, {"a MATLAB file", "scipy.io.loadmat and numpy.savez make an NPZ"}},
    {BEGINS("RIFF"), is_wave, {"a WAV file", WAV}},
    {BEGINS("RIFF"), is_riff, {"a RIFF file, but not of sound (WAVE)", NULL}},
    {BEGINS("RIFX"), is_wave, {"a RIFX file, WAV with the bytes in the other order", WAV}},
    {BEGINS("RF64"), is_wave, {"an RF64 file, WAV with sizes of 64 bits", WAV}},
    {BEGINS("BW64"), is_wave, {"a BW64 file, WAV with sizes of 64 bits", WAV}},
    {BEGINS("FORM"), is_aiff, {"an AIFF file", SOUND}},
    {BEGINS("FORM"), NULL, {"an IFF file, but not of sound (AIFF)", NULL}},
    {BEGINS(".snd"), NULL, {"an AU sound file", SOUND}},
    {BEGINS("fLaC"), NULL, {"a FLAC file", SOUND}},
    {BEGINS("OggS"), NULL, {"an Ogg file", SOUND}},
    {BEGINS("ID3"), NULL, {"an MP3 file", SOUND}},
    {BEGINS("\xff\xfe"), is_utf16, {"a text of 16 bits a character (UTF-16)", "save it as UTF-8"}},
    {BEGINS("\xfe\xff"), is_utf16, {"a text of 16 bits a character (UTF-16)", "save it as UTF-8"}},
    {BEGINS("\xff"), is_mp3, {"an MP3 file", SOUND}},
    {BEGINS("caff"), NULL, {"a CAF sound file", SOUND}},
    {BEGINS("riff\x2e\x91\xcf\x11"), NULL, {"a W64 file, WAV of Sonic Foundry", SOUND}},
    {BEGINS("NIST_1A"), NULL, {"a NIST SPHERE sound file", SOUND}},
    {BEGINS("#!AER-DAT"), NULL, {"an AEDAT recording of events", NULL}},
    {BEGINS("0       "), is_edf, {"an EDF recording", "data of the kind edf reads it"}},
    {BEGINS("\xff"
            "BIOSEMI"),
     NULL,
     {"a BDF recording", "data of the kind edf reads it"}},
    {BEGINS("Event Stream"), NULL, {"an Event Stream recording (.es)", NULL}},
    {BEGINS("% "), is_dat, {"a recording in Prophesee's DAT format", NULL}},
    {BEGINS("% "), is_raw, {"a recording in Prophesee's RAW format (EVT)", EVT}},
    {BEGINS("\x1f\x8b"), NULL, {"a gzip file", "gunzip unpacks it"}},
    {BEGINS("\xfd"
            "7zXZ\0"),
     NULL,
     {"an xz file", "unxz unpacks it"}},
    {BEGINS("\x28\xb5\x2f\xfd"), NULL, {"a Zstandard file", "unzstd unpacks it"}},
    {BEGINS("BZh"), NULL, {"a bzip2 file", "bunzip2 unpacks it"}},
    {BEGINS("7z\xbc\xaf\x27\x1c"), NULL, {"a 7z archive", "unpack it"}},
    {BEGINS("Rar!"), NULL, {"a RAR archive", "unpack it"}},
    {BEGINS("\x89PNG"), NULL, {"a PNG picture", "data of the kind png reads folders of them"}},
    {BEGINS("\xff\xd8\xff"), NULL, {"a JPEG picture", NULL}},
    {BEGINS("GIF8"), NULL, {"a GIF picture", NULL}},
    {BEGINS("II*\0"), NULL, {"a TIFF picture", NULL}},
    {BEGINS("%PDF"), NULL, {"a PDF document", NULL}},
    {BEGINS("PAR1"), NULL, {"a Parquet file", "pandas and numpy.savez make an NPZ"}},
    {BEGINS("SQLite format 3"), NULL, {"an SQLite database", NULL}},
    {BEGINS("\x7f"
            "ELF"),
     NULL,
     {"a program", NULL}},
    {BEGINS("\0\0"), is_idx, {"an IDX file", NULL}},
    {BEGINS(""), is_arff, {"an ARFF file (Weka)", "data of the kind ts reads its series"}},
    {BEGINS(""), is_tar, {"a tar archive", "unpack it"}},
};

const file_kind *file_kind_find(const uint8_t *bytes, size_t size)
{
    const head h = {bytes, size < HEAD ? size : HEAD};
    for (int i = 0; i < FSNN_COUNT(kinds); i++)
        if (h.size >= kinds[i].length && !memcmp(bytes, kinds[i].magic, kinds[i].length) &&
            (!kinds[i].is || kinds[i].is(&h)))
            return &kinds[i].kind;
    return NULL;
}

/* The first line in `out` [size], where it is text. */
static bool first_line(const uint8_t *bytes, size_t size, char *out, size_t capacity)
{
    size_t n = 0;
    for (; n < size && n < capacity && bytes[n] != '\n' && bytes[n] != '\r'; n++)
        if (bytes[n] < ' ' && bytes[n] != '\t')
            return false;
    fsnn_shown(out, capacity, (const char *)bytes, n);
    return n > 0;
}

fsnn_status file_kind_fail(const char *path, const uint8_t *bytes, size_t size,
                           const char *expected)
{
    char line[48];
    const file_kind *kind = size ? file_kind_find(bytes, size) : NULL;
    if (!size && port_is_folder(path))
        return fsnn_fail(FSNN_EIO, "%s: cannot be read: it is a directory; expected is %s", path,
                         expected);
    if (!size)
        return fsnn_fail(FSNN_EFORMAT, "%s: is empty (0 bytes); expected is %s", path, expected);
    if (kind)
        return fsnn_fail(FSNN_EUNSUPPORTED, "%s: is %s, not %s%s%s", path, kind->name, expected,
                         kind->advice ? "; " : "", kind->advice ? kind->advice : "");
    if (first_line(bytes, size, line, sizeof line))
        return fsnn_fail(FSNN_EFORMAT, "%s: begins with the text \"%s\": it is not %s", path, line,
                         expected);
    return fsnn_fail(FSNN_EFORMAT, "%s: is not %s, nor any kind of file that is known here", path,
                     expected);
}

static size_t read_head(const char *path, uint8_t bytes[HEAD])
{
    FILE *file = path ? fopen(path, "rbe") : NULL;
    size_t size = file ? fread(bytes, 1, HEAD, file) : 0;
    if (file)
        fclose(file);
    return size;
}

fsnn_status file_kind_fail_at(const char *path, const char *expected)
{
    uint8_t bytes[HEAD];
    FILE *file = fopen(path, "rbe");
    if (!file)
        return fsnn_fail(FSNN_EIO, "%s: cannot be read: %s", path, strerror(errno));
    fclose(file);
    size_t size = read_head(path, bytes);
    FSNN_TRY(fsnn_file_stand_in(path, bytes, size));
    return file_kind_fail(path, bytes, size, expected);
}

bool file_kind_is_torch(const file_kind *kind)
{
    return kind && kind->advice == TORCH;
}

bool file_kind_is_sound(const file_kind *kind)
{
    return kind->advice == SOUND;
}

bool file_kind_is_wave(const file_kind *kind)
{
    return kind->advice == WAV;
}

const file_kind *file_kind_at(const char *path)
{
    uint8_t bytes[HEAD];
    return file_kind_find(bytes, read_head(path, bytes));
}

const char *fsnn_file_kind(const char *path, const char **advice)
{
    const file_kind *kind = file_kind_at(path);
    if (advice)
        *advice = kind ? kind->advice : NULL;
    return kind ? kind->name : NULL;
}

fsnn_status fsnn_file_check(const char *path)
{
    return path ? fsnn_file_look(path) : fsnn_fail(FSNN_EARGUMENT, "fsnn_file_check needs a path");
}
