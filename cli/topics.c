/* cli/topics.c: pages of help on single words of the description file: sections, kinds of layers,
 * neurons and data, keys, and the names that keys take. All from the library's reference, which is
 * made from the tables that read descriptions. */
#include "cli/cli.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { NAME, ACCEPTED, FALLBACK, HELP, CELLS };

/* A line of the reference: a heading, or the row of a key. */
typedef struct entry {
    char *section;     /* "training", "lif", "data, kind npz" */
    char *cell[CELLS]; /* by NAME, ...; NULL in a heading */
    char *text;        /* of a heading: what stands below it before the table */
} entry;

typedef struct entries {
    entry *item;
    int count;
} entries;

/* Without blanks around it, and without the quotes where they are around the whole. */
static char *trimmed(const char *text, size_t length)
{
    while (length && text[length - 1] == ' ')
        length--;
    while (length && *text == ' ')
        text++, length--;
    if (length > 2 && *text == '`' && memchr(text + 1, '`', length - 1) == text + length - 1)
        text++, length -= 2;
    return cli_format("%.*s", (int)length, text);
}

static entry *add(entries *all, const char *section)
{
    enum { GROWTH = 64 };
    if (all->count % GROWTH == 0) {
        entry *grown = cli_allocate((size_t)all->count + GROWTH, sizeof *grown);
        if (all->count)
            memcpy(grown, all->item, (size_t)all->count * sizeof *grown);
        free(all->item);
        all->item = grown;
    }
    entry *e = &all->item[all->count++];
    *e = (entry){.section = cli_format("%s", section)};
    return e;
}

/* "| `tau` | a number | 2 | time constant |"; a bar inside of a cell is "\|". */
static void add_row(entries *all, const char *section, const char *line, size_t length)
{
    if (strncmp(line, "| Key", 5) == 0 || strncmp(line, "| key", 5) == 0 || line[1] == '-' ||
        strncmp(line, "| -", 3) == 0)
        return;
    entry *e = add(all, section);
    const char *at = line + 1, *end = line + length;
    for (int c = NAME; c < CELLS; c++) {
        const char *bar = at;
        while (bar < end && (*bar != '|' || bar[-1] == '\\'))
            bar++;
        e->cell[c] = trimmed(at, (size_t)(bar - at));
        at = bar < end ? bar + 1 : end;
    }
}

/* A paragraph that follows another goes on behind it: an equation at the end has no point there. */
static const char *between(const char *text, bool paragraph)
{
    size_t length = text ? strlen(text) : 0;
    if (!length)
        return "";
    return paragraph && !strchr(".:;", text[length - 1]) ? ". " : " ";
}

static void add_text(entry *heading, bool paragraph, const char *line, size_t length)
{
    char *more = cli_format("%s%s%.*s", heading->text ? heading->text : "",
                            between(heading->text, paragraph), (int)length, line);
    free(heading->text);
    heading->text = more;
}

static entries parse(const char *page)
{
    entries all = {0};
    int heading = -1;
    bool paragraph = false;
    while (*page) {
        size_t length = strcspn(page, "\n"), level = strspn(page, "#");
        if (level) {
            char *name = trimmed(page + level, length - level);
            add(&all, name);
            heading = all.count - 1;
            free(name);
        } else if (heading >= 0 && *page == '|') {
            add_row(&all, all.item[heading].section, page, length);
        } else if (heading >= 0 && length) {
            add_text(&all.item[heading], paragraph, page, length);
        }
        paragraph = !length;
        page += length + (page[length] != '\0');
    }
    return all;
}

static void release(entries *all)
{
    for (int i = 0; i < all->count; i++) {
        for (int c = NAME; c < CELLS; c++)
            free(all->item[i].cell[c]);
        free(all->item[i].section);
        free(all->item[i].text);
    }
    free(all->item);
}

static bool open_all(entries *all)
{
    char *page;
    if (fsnn_description_reference(&page) < 0)
        return false;
    *all = parse(page);
    free(page);
    return true;
}

static bool is_heading(const entry *e)
{
    return !e->cell[NAME];
}

/* "idx" of "data, kind idx"; else the whole. */
static const char *short_name(const char *section)
{
    const char *kind = strstr(section, ", kind ");
    return kind ? kind + strlen(", kind ") : section;
}

static bool names_section(const entry *e, const char *topic)
{
    return strcasecmp(e->section, topic) == 0 || strcasecmp(short_name(e->section), topic) == 0;
}

static bool names_key(const entry *e, const char *topic)
{
    const char *name = e->cell[NAME], *dot = strrchr(name, '.');
    return strcmp(name, topic) == 0 || (dot && strcmp(dot + 1, topic) == 0);
}

/* Whether the word is one of those that a key takes. */
static bool takes(const entry *e, const char *word)
{
    size_t length = strlen(word);
    for (const char *at = e->cell[ACCEPTED]; (at = strstr(at, word)) != NULL; at += length) {
        bool begins = at == e->cell[ACCEPTED] || at[-1] == ' ';
        const char end = at[length];
        bool sentence =
            strncmp(e->cell[ACCEPTED], "a ", 2) == 0 || strncmp(e->cell[ACCEPTED], "an ", 3) == 0;
        if (begins && (!end || strchr(" ,)", end)) && !sentence && isalpha((unsigned char)*word))
            return true;
    }
    return false;
}

static void write_row(FILE *out, const entry *e, const char *before)
{
    fprintf(out, "  %s%s", before, e->cell[NAME]);
    fputs("\n", out);
    char *text = cli_format("%s\n(%s%s%s)", e->cell[HELP], e->cell[ACCEPTED],
                            *e->cell[FALLBACK] ? "; " : "", e->cell[FALLBACK]);
    fputs("      ", out);
    cli_print_wrapped(out, text, 6, 6);
    free(text);
}

static bool of_data(const char *section)
{
    return strcmp(section, "data") == 0 || strncmp(section, "data,", 5) == 0;
}

/* "lif.reset", "training.epochs", "data.limit.train": with the section in front of the key. */
static char *place_of(const entry *e)
{
    if (strcmp(e->section, "Top level") == 0)
        return cli_format("%s", "");
    if (of_data(e->section))
        return cli_format("data.");
    if (strncmp(e->section, "neurons", 7) == 0)
        return cli_format("NEURON.");
    return cli_format("%s.", e->section);
}

/* ---- what a kind shares with others: "Also the keys of [neurons](#neurons).", or of one or two
 * of them: "Also `tau` of [neurons](#neurons)." ---- */

/* Whether the sentence at `clause` is about the row: it names no key, or the first of its path. */
static bool clause_has(const char *clause, const entry *e)
{
    const char *link = strchr(clause, '['), *name = memchr(clause, '`', (size_t)(link - clause));
    size_t length = strcspn(e->cell[NAME], ".");
    for (; name; name = memchr(name + 1, '`', (size_t)(link - name - 1)))
        if (strncmp(name + 1, e->cell[NAME], length) == 0 && name[length + 1] == '`')
            return true;
    return !memchr(clause, '`', (size_t)(link - clause));
}

static bool has_row(const entries *all, int heading, const char *name)
{
    for (int i = heading + 1; i < all->count && !is_heading(&all->item[i]); i++)
        if (strcmp(all->item[i].cell[NAME], name) == 0)
            return true;
    return false;
}

static void write_clause(FILE *out, const entries *all, int heading, const char *clause)
{
    const char *title = strchr(clause, '[') + 1;
    size_t length = strcspn(title, "]");
    bool within = false;
    for (int i = 0; i < all->count; i++) {
        const entry *e = &all->item[i];
        if (is_heading(e))
            within = strlen(e->section) == length && memcmp(e->section, title, length) == 0;
        else if (within && clause_has(clause, e) && !has_row(all, heading, e->cell[NAME]))
            write_row(out, e, "");
    }
}

static const char *next_clause(const char *text)
{
    const char *clause = text ? strstr(text, "Also ") : NULL;
    return clause && strchr(clause, '[') ? clause : NULL;
}

static void write_section(FILE *out, const entries *all, int heading)
{
    const entry *h = &all->item[heading];
    fprintf(out, "%s\n\n", h->section);
    const char *clause = next_clause(h->text);
    size_t length = h->text ? (clause ? (size_t)(clause - h->text) : strlen(h->text)) : 0;
    if (length) {
        char *text = cli_format("%.*s", (int)length, h->text);
        cli_print_wrapped(out, text, 0, 0);
        fputc('\n', out);
        free(text);
    }
    for (int i = heading + 1; i < all->count && !is_heading(&all->item[i]); i++)
        write_row(out, &all->item[i], "");
    for (; clause; clause = next_clause(clause + 1))
        write_clause(out, all, heading, clause);
}

static int write_sections(FILE *out, const entries *all, const char *topic)
{
    int count = 0;
    for (int i = 0; i < all->count; i++)
        if (is_heading(&all->item[i]) && names_section(&all->item[i], topic)) {
            fputs(count++ ? "\n" : "", out);
            write_section(out, all, i);
        }
    return count;
}

/* Neurons share most of their keys, data too: rows that say the same stand once. */
static bool said_before(const entries *all, int row, const char *topic,
                        bool (*is)(const entry *e, const char *topic))
{
    const entry *e = &all->item[row];
    for (int i = 0; i < row; i++) {
        const entry *other = &all->item[i];
        if (!is_heading(other) && is(other, topic) &&
            strcmp(other->cell[NAME], e->cell[NAME]) == 0 &&
            strcmp(other->cell[HELP], e->cell[HELP]) == 0)
            return true;
    }
    return false;
}

static int write_rows(FILE *out, const entries *all, const char *topic,
                      bool (*is)(const entry *e, const char *topic))
{
    int count = 0;
    for (int i = 0; i < all->count; i++) {
        const entry *e = &all->item[i];
        if (is_heading(e) || !is(e, topic) || said_before(all, i, topic, is))
            continue;
        char *place = place_of(e);
        write_row(out, e, place);
        free(place);
        count++;
    }
    return count;
}

char *cli_topic(const char *topic)
{
    entries all;
    char *text = NULL;
    size_t size = 0;
    if (!open_all(&all))
        return NULL;
    FILE *out = open_memstream(&text, &size);
    int count = out ? write_sections(out, &all, topic) : 0;
    if (out && count)
        fputc('\n', out);
    int rows = out ? write_rows(out, &all, topic, names_key) : 0;
    rows += out ? write_rows(out, &all, topic, takes) : 0;
    if (out)
        fclose(out);
    release(&all);
    if (count + rows > 0)
        return text;
    free(text);
    return NULL;
}

char *cli_topic_nearest(const char *topic)
{
    entries all;
    char *found = NULL;
    if (!open_all(&all))
        return NULL;
    const char **known = cli_allocate((size_t)all.count + 1, sizeof *known);
    for (int i = 0; i < all.count; i++)
        known[i] =
            is_heading(&all.item[i]) ? short_name(all.item[i].section) : all.item[i].cell[NAME];
    const char *near = cli_nearest(topic, known, all.count);
    if (near)
        found = cli_format("%s", near);
    free(known);
    release(&all);
    return found;
}

/* "epochs" is training.epochs: where a key of that name is in one of the sections. */
char *cli_key_of(const char *name)
{
    static const char *const order[] = {"training", "dynamics", "data", "data, kind npz"};
    entries all;
    char *found = NULL;
    if (!open_all(&all))
        return NULL;
    for (int s = 0; s < CLI_COUNT(order) && !found; s++)
        for (int i = 0; i < all.count && !found; i++) {
            const entry *e = &all.item[i];
            if (is_heading(e) || strcmp(e->section, order[s]) != 0 || !names_key(e, name))
                continue;
            char *place = place_of(e);
            found = cli_format("%s%s", place, e->cell[NAME]);
            free(place);
        }
    release(&all);
    return found;
}

char *cli_elsewhere(const char *name)
{
    char *text;
    if (fsnn_name_elsewhere(name, &text) < 0)
        return NULL;
    char *same = cli_format(" is %s here:", name);
    bool ours = strstr(text, same) != NULL; /* a word of ours, which needs no translation */
    free(same);
    if (ours) {
        free(text);
        return NULL;
    }
    text[strcspn(text, "\n")] = 0;
    size_t length = strlen(text);
    char *sentence = cli_format("; %.*s", (int)(length ? length - 1 : 0), text); /* no full stop */
    free(text);
    return sentence;
}

/* Sections whose keys are the same in every description; those of layers stand behind a node's
 * name. */
static bool of_every_description(const char *section)
{
    static const char *const sections[] = {"Top level", "training", "dynamics", "data"};
    for (int i = 0; i < CLI_COUNT(sections); i++)
        if (strcmp(section, sections[i]) == 0)
            return true;
    return of_data(section);
}

void cli_topic_keys(const char *typed)
{
    entries all;
    if (!open_all(&all))
        return;
    for (int i = 0; i < all.count; i++) {
        const entry *e = &all.item[i];
        if (is_heading(e) || !of_every_description(e->section))
            continue;
        char *place = place_of(e), *key = cli_format("%s%s=", place, e->cell[NAME]);
        if (strncmp(key, typed, strlen(typed)) == 0)
            cli_candidate(key, e->cell[HELP]);
        free(key);
        free(place);
    }
    release(&all);
}

void cli_topic_words(const char *typed)
{
    entries all;
    if (!open_all(&all))
        return;
    for (int i = 0; i < all.count; i++) {
        const char *word = short_name(all.item[i].section);
        if (is_heading(&all.item[i]) && strncmp(word, typed, strlen(typed)) == 0)
            cli_candidate(word, NULL);
    }
    release(&all);
}
