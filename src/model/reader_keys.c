/* A mapping into a struct, row by row of its table. */
#include "model/reader.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

typedef struct bounds {
    double min, max;
    int64_t low, high;
} bounds;

/* A row without a range (0 to 0) takes everything its type can hold. */
static bounds range(const fsnn_key *key)
{
    bool open = key->min == 0 && key->max == 0;
    int64_t limit = key->type == FSNN_KEY_INT32 ? INT32_MAX : INT64_MAX;
    bounds b = {open ? -INFINITY : key->min, open ? INFINITY : key->max, 0, limit};
    b.low = b.min <= -(double)limit ? -limit - 1 : (int64_t)b.min + (key->above ? 1 : 0);
    b.high = b.max >= (double)limit ? limit : (int64_t)b.max;
    return b;
}

static fsnn_status read_int32(yaml_doc *doc, const yaml_node *node, bounds b, int *out)
{
    int64_t value;
    FSNN_TRY(read_integer(doc, node, b.low, b.high, &value));
    *out = (int)value;
    return FSNN_OK;
}

static fsnn_status read_pair(yaml_doc *doc, const yaml_node *node, bounds b, int64_t *out)
{
    if (node->type != YAML_LIST) {
        int64_t value;
        if (!read_plain(node))
            return read_wrong(doc, node, "an integer, or a list of two: [height, width]");
        FSNN_TRY(read_integer(doc, node, b.low, b.high, &value));
        out[0] = out[1] = value;
        return FSNN_OK;
    }
    if (node->count != 2)
        return read_wrong(doc, node, "an integer, or a list of two: [height, width]");
    FSNN_TRY(read_integer(doc, node->first, b.low, b.high, &out[0]));
    return read_integer(doc, node->last, b.low, b.high, &out[1]);
}

static fsnn_status read_shape(yaml_doc *doc, const yaml_node *node, bounds b, fsnn_shape *out)
{
    if (read_plain(node) && !yaml_null(node)) {
        out->rank = 1;
        return read_integer(doc, node, b.low, b.high, &out->dim[0]);
    }
    if (node->type != YAML_LIST || node->count < 1 || node->count > FSNN_MAX_RANK)
        return read_wrong(doc, node,
                          pool_format(&doc->memory, "a list of 1 to %d integers", FSNN_MAX_RANK));
    out->rank = 0;
    for (const yaml_node *n = node->first; n; n = n->next)
        FSNN_TRY(read_integer(doc, n, b.low, b.high, &out->dim[out->rank++]));
    return FSNN_OK;
}

/* A mapping whose keys are names: one item each. */
static fsnn_status read_named(yaml_doc *doc, yaml_node *node, const fsnn_key *key, void *out)
{
    char *item = (char *)out + key->offset;
    int *count = (int *)(void *)((char *)out + key->count);
    *count = 0;
    if (node->type != YAML_MAP)
        return read_wrong(doc, node, keys_accepted(&doc->memory, key));
    if (node->count > (int)key->max)
        return yaml_fail(doc, node, "found %d names, expected at most %d", node->count,
                         (int)key->max);
    for (yaml_node *n = node->first; n; n = n->next, item += key->size) {
        *(const char **)(void *)item = n->key->text;
        if (yaml_null(n))
            return read_wrong(doc, n, "a value, or a mapping of options");
        FSNN_TRY(keys_read(doc, n, n, key->group, NULL, item));
        ++*count;
    }
    return FSNN_OK;
}

static fsnn_status read_texts(yaml_doc *doc, const yaml_node *node, const fsnn_key *key, void *out)
{
    const char **text = (const char **)(void *)((char *)out + key->offset);
    int *count = (int *)(void *)((char *)out + key->count);
    *count = 0;
    if (node->type != YAML_LIST) {
        FSNN_TRY(read_text(doc, node, text));
        *count = 1;
        return FSNN_OK;
    }
    if (node->count < 1 || node->count > (int)key->max)
        return yaml_fail(doc, node, "found a list of %d, expected 1 to %d names", node->count,
                         (int)key->max);
    for (const yaml_node *n = node->first; n; n = n->next)
        FSNN_TRY(read_text(doc, n, &text[(*count)++]));
    return FSNN_OK;
}

/* Room for a list of numbers of eight bytes, which stands in the struct; none for one number. */
static fsnn_status list_room(yaml_doc *doc, const yaml_node *node, const fsnn_key *key, void *out,
                             void **list)
{
    int64_t *count = (int64_t *)(void *)((char *)out + key->count);
    void **place = (void **)(void *)((char *)out + key->size);
    *list = *place = NULL;
    *count = 0;
    if (!node || node->type != YAML_LIST)
        return FSNN_OK;
    if (node->count < 1)
        return read_wrong(doc, node, "a number, or a list of numbers");
    *list = pool_alloc(&doc->memory, (size_t)node->count * sizeof(double));
    *place = *list;
    *count = node->count;
    return *list ? FSNN_OK : FSNN_EMEMORY;
}

static fsnn_status read_reals(yaml_doc *doc, const yaml_node *node, const fsnn_key *key, void *out)
{
    const bounds b = range(key);
    double *first = (double *)(void *)((char *)out + key->offset), *value;
    void *list;
    FSNN_TRY(list_room(doc, node, key, out, &list));
    if (!list)
        return read_real(doc, node, b.min, b.max, key->above, first);
    value = list;
    for (const yaml_node *n = node->first; n; n = n->next)
        FSNN_TRY(read_real(doc, n, b.min, b.max, key->above, value++));
    *first = *(double *)list;
    return FSNN_OK;
}

static fsnn_status read_ints(yaml_doc *doc, const yaml_node *node, const fsnn_key *key, void *out)
{
    const bounds b = range(key);
    int64_t *first = (int64_t *)(void *)((char *)out + key->offset), *value;
    void *list;
    FSNN_TRY(list_room(doc, node, key, out, &list));
    if (!list)
        return read_integer(doc, node, b.low, b.high, first);
    value = list;
    for (const yaml_node *n = node->first; n; n = n->next)
        FSNN_TRY(read_integer(doc, n, b.low, b.high, value++));
    *first = *(int64_t *)list;
    return FSNN_OK;
}

static bool read_alias(const yaml_node *node, const fsnn_alias *alias, int *out)
{
    for (; alias && alias->name && node && node->type == YAML_SCALAR; alias++)
        if (strcmp(node->text, alias->name) == 0) {
            *out = alias->value;
            return true;
        }
    return false;
}

/* NULL-terminated. */
static bool names_of(pool *memory, const fsnn_key *key, const char *const **names)
{
    int count = 0;
    while (fsnn_key_name(key, count))
        count++;
    const char **list = pool_alloc(memory, (size_t)(count + 1) * sizeof *list);
    for (int i = 0; list && i < count; i++)
        list[i] = fsnn_key_name(key, i);
    *names = list;
    return list != NULL;
}

static fsnn_status read_enum(yaml_doc *doc, const yaml_node *node, const fsnn_key *key, int *out)
{
    const char *const *names;
    if (!names_of(&doc->memory, key, &names))
        return FSNN_EMEMORY;
    return read_name(doc, node, names, out);
}

static fsnn_status read_key(yaml_doc *doc, yaml_node *node, const fsnn_key *key, void *out)
{
    bounds b = range(key);
    switch (key->type) {
    case FSNN_KEY_BOOL:
        return read_bool(doc, node, out);
    case FSNN_KEY_INT:
        return read_integer(doc, node, b.low, b.high, out);
    case FSNN_KEY_INT32:
        return read_int32(doc, node, b, out);
    case FSNN_KEY_UINT64:
        return read_unsigned(doc, node, out);
    case FSNN_KEY_REAL:
        return read_real(doc, node, b.min, b.max, key->above, out);
    case FSNN_KEY_ENUM:
        if (read_alias(node, key->aliases, out))
            return FSNN_OK;
        return read_enum(doc, node, key, out);
    case FSNN_KEY_PAIR:
        return read_pair(doc, node, b, out);
    case FSNN_KEY_SHAPE:
        return read_shape(doc, node, b, out);
    case FSNN_KEY_TEXT:
        return read_text(doc, node, out);
    case FSNN_KEY_GROUP:
        if (yaml_null(node))
            return read_wrong(doc, node, "a mapping of its options");
        return keys_read(doc, node, node, key->group, NULL, out);
    case FSNN_KEY_NAMED:
        return read_named(doc, node, key, (char *)out - key->offset);
    case FSNN_KEY_TEXTS:
        return read_texts(doc, node, key, (char *)out - key->offset);
    case FSNN_KEY_REALS:
        return read_reals(doc, node, key, (char *)out - key->offset);
    case FSNN_KEY_INTS:
        return read_ints(doc, node, key, (char *)out - key->offset);
    case FSNN_KEY_FAMILY: /* read_family */
        break;
    }
    return yaml_fail(doc, node, "this key has a type that cannot be read");
}

const char *keys_accepted(pool *memory, const fsnn_key *key)
{
    const char *const *names;
    bounds b = range(key);
    switch (key->type) {
    case FSNN_KEY_BOOL:
        return "true or false";
    case FSNN_KEY_INT:
    case FSNN_KEY_INT32:
        return accepted_integer(memory, b.low, b.high);
    case FSNN_KEY_UINT64:
        return "an integer of at least 0";
    case FSNN_KEY_REAL:
        return accepted_real(memory, b.min, b.max, key->above);
    case FSNN_KEY_REALS:
        return pool_format(memory, "%s, or a list of them",
                           accepted_real(memory, b.min, b.max, key->above));
    case FSNN_KEY_INTS:
        return pool_format(memory, "%s, or a list of them",
                           accepted_integer(memory, b.low, b.high));
    case FSNN_KEY_ENUM:
        return names_of(memory, key, &names) ? keys_list(memory, names, keys_count_names(names))
                                             : "";
    case FSNN_KEY_PAIR:
        return pool_format(memory, "%s, or a list of two", accepted_integer(memory, b.low, b.high));
    case FSNN_KEY_SHAPE:
        return "a list of integers";
    case FSNN_KEY_TEXT:
        return "a text";
    case FSNN_KEY_GROUP:
        return "a mapping, or a value for its first key";
    case FSNN_KEY_NAMED:
        return pool_format(memory, "a mapping of names to %s", key->like);
    case FSNN_KEY_TEXTS:
        return "a name, or a list of names";
    case FSNN_KEY_FAMILY:
        return keys_accepted(memory, key->group);
    }
    return "";
}

static int count_keys(const fsnn_key *table)
{
    int count = 0;
    for (const fsnn_key *key = fsnn_keys_first(table); key; key = fsnn_keys_next(key))
        count++;
    return count;
}

static int count_specials(const special *also)
{
    int count = 0;
    while (also && also[count].name)
        count++;
    return count;
}

static fsnn_status unknown(yaml_doc *doc, const yaml_node *node, const fsnn_key *table,
                           const special *also)
{
    const char *word = node->key->text;
    if (*word && word[strspn(word, "0123456789")] == '\0')
        return yaml_fail_key(doc, node,
                             "unknown key; numbers are written with a point, like 0.%s, "
                             "and a comma ends them",
                             word);
    int keys = count_keys(table), specials = count_specials(also);
    const char **known = pool_alloc(&doc->memory, (size_t)(keys + specials + 1) * sizeof *known);
    if (!known)
        return FSNN_EMEMORY;
    const fsnn_key *key = fsnn_keys_first(table);
    for (int i = 0; i < keys; i++, key = fsnn_keys_next(key))
        known[i] = key->name;
    for (int i = 0; i < specials; i++)
        known[keys + i] = also[i].name;
    return yaml_fail_key(doc, node, "unknown key%s",
                         keys_advice_word(&doc->memory, word, known, keys + specials));
}

/* ---- families: keys with a name inside, like `dNAME` ---- */

/* The name inside `text`, where it is a key of the family; its length. */
static const char *family_name(const fsnn_key *key, const char *text, size_t *length)
{
    const char *hole = strstr(key->name, "NAME"), *behind = hole + strlen("NAME");
    size_t before = (size_t)(hole - key->name), after = strlen(behind), n = strlen(text);
    if (n <= before + after || memcmp(text, key->name, before) != 0 ||
        strcmp(text + n - after, behind) != 0)
        return NULL;
    *length = n - before - after;
    return text + before;
}

/* A family with one letter around its names takes almost any key: one that looks like a known key
 * is a slip. */
static bool slip(const fsnn_key *table, const fsnn_key *family, const char *text)
{
    if (strlen(family->name) > strlen("dNAME"))
        return false;
    for (const fsnn_key *key = fsnn_keys_first(table); key; key = fsnn_keys_next(key))
        if (key->type != FSNN_KEY_FAMILY && strlen(key->name) > 2 &&
            fsnn_nearest(text, &key->name, 1))
            return true;
    return false;
}

static const fsnn_key *find_family(const fsnn_key *table, const char *text)
{
    size_t length;
    for (const fsnn_key *key = fsnn_keys_first(table); key; key = fsnn_keys_next(key))
        if (key->type == FSNN_KEY_FAMILY && family_name(key, text, &length) &&
            !slip(table, key, text))
            return key;
    return NULL;
}

/* The item of that name in the array, a new one where there is none. */
static fsnn_status family_item(yaml_doc *doc, const yaml_node *node, const fsnn_key *key, void *out,
                               char **item)
{
    size_t length = 0;
    const char *name = family_name(key, node->key->text, &length);
    int *count = (int *)(void *)((char *)out + key->count);
    *item = (char *)out + key->offset;
    for (int i = 0; i < *count; i++, *item += key->size) {
        const char *known = *(const char **)(void *)*item;
        if (strlen(known) == length && memcmp(known, name, length) == 0)
            return FSNN_OK;
    }
    if (*count == (int)key->max)
        return yaml_fail_key(doc, node, "one name too many: up to %d can be had", (int)key->max);
    char *copy = pool_text(&doc->memory, name, length);
    if (!copy)
        return FSNN_EMEMORY;
    *(const char **)(void *)*item = copy;
    ++*count;
    return FSNN_OK;
}

static fsnn_status read_family(yaml_doc *doc, yaml_node *node, const fsnn_key *key, void *out)
{
    char *item;
    FSNN_TRY(family_item(doc, node, key, out, &item));
    return read_key(doc, node, key->group, item + key->group->offset);
}

static const special *find_special(const special *also, const char *name)
{
    for (const special *s = also; s && s->name; s++)
        if (strcmp(s->name, name) == 0)
            return s;
    return NULL;
}

/* A key left open by an override gets the name of the group's first key, or goes where that is
 * given too. */
static void settle_shorthand(yaml_node *map, const fsnn_key *table)
{
    yaml_node *node = map->first;
    const fsnn_key *first = fsnn_keys_first(table);
    if (!node || !node->key->shorthand || !first)
        return;
    if (yaml_find(map, first->name)) {
        map->first = node->next;
        map->count--;
        return;
    }
    node->key->text = first->name;
    node->key->shorthand = false;
}

/* ---- keys that count only with certain values of others ---- */

/* The row and the value at "noise.mode" in the struct that `table` describes. */
static const fsnn_key *reach(const fsnn_key *table, const char *path, const void **value)
{
    char name[64];
    const char *dot = strchr(path, '.');
    snprintf(name, sizeof name, "%.*s", dot ? (int)(dot - path) : (int)strlen(path), path);
    const fsnn_key *key = fsnn_keys_find(table, name);
    if (!key)
        return NULL;
    *value = (const char *)*value + key->offset;
    return dot ? reach(key->group, dot + 1, value) : key;
}

/* The bit of `when` that the value has. */
static int bit_of(const fsnn_key *key, const void *value)
{
    switch (key->type) {
    case FSNN_KEY_ENUM:
        return *(const int *)value;
    case FSNN_KEY_INT32:
        return *(const int *)value != 0;
    case FSNN_KEY_INT:
    case FSNN_KEY_INTS:
        return *(const int64_t *)value != 0;
    case FSNN_KEY_REAL:
    case FSNN_KEY_REALS:
        return *(const double *)value != 0;
    default:
        return *(const bool *)value;
    }
}

/* "kind sgd", "kind adam or adamw", "patience above 0" */
static const char *condition(pool *memory, const fsnn_key *key, const fsnn_key *other)
{
    const char *text = key->with;
    int first = 1;
    if (other->type != FSNN_KEY_ENUM)
        return pool_format(memory, "where %s is %s", key->with,
                           other->type == FSNN_KEY_BOOL ? "true" : "not 0");
    for (int i = 0; fsnn_key_name(other, i) && text; i++)
        if (key->when >> i & 1) {
            text =
                pool_format(memory, "%s%s%s", text, first ? " " : " or ", fsnn_key_name(other, i));
            first = 0;
        }
    return text ? pool_format(memory, "with %s", text) : NULL;
}

/* A key that does nothing beside the others that are given, or their defaults. */
static fsnn_status remark(yaml_doc *doc, const yaml_node *node, const fsnn_key *table,
                          const fsnn_key *key, const void *out)
{
    const void *value = out;
    const fsnn_key *other = key->with ? reach(table, key->with, &value) : NULL;
    if (!other || (key->when >> bit_of(other, value) & 1))
        return FSNN_OK;
    const char *when = condition(&doc->memory, key, other);
    bool named = other->type == FSNN_KEY_ENUM;
    return yaml_remark_key(doc, node, "counts only %s%s%s%s%s: here it does nothing",
                           when ? when : "", named ? "; " : "", named ? key->with : "",
                           named ? " is " : "",
                           named ? fsnn_key_name(other, *(const int *)value) : "");
}

static fsnn_status remarks(yaml_doc *doc, const yaml_node *map, const fsnn_key *table,
                           const void *out)
{
    for (const yaml_node *node = map->first; node; node = node->next) {
        const fsnn_key *key = fsnn_keys_find(table, node->key->text);
        if (key)
            FSNN_TRY(remark(doc, node, table, key, out));
    }
    return FSNN_OK;
}

/* A key by its other name. */
static fsnn_status read_instead(yaml_doc *doc, yaml_node *node, const fsnn_key *key, void *out)
{
    if (yaml_find(node->parent, key->instead))
        return yaml_fail_key(doc, node, "is another name for the number of %s: give one of them",
                             key->instead);
    *(bool *)((char *)out + key->mark) = true;
    return read_key(doc, node, key, (char *)out + key->offset);
}

static fsnn_status read_map(yaml_doc *doc, yaml_node *map, const fsnn_key *table,
                            const special *also, void *out)
{
    settle_shorthand(map, table);
    for (yaml_node *node = map->first; node; node = node->next) {
        const fsnn_key *key = fsnn_keys_find(table, node->key->text);
        const special *s = key ? NULL : find_special(also, node->key->text);
        const fsnn_key *family = key || s ? NULL : find_family(table, node->key->text);
        if (family)
            FSNN_TRY(read_family(doc, node, family, out));
        else if (key && key->instead)
            FSNN_TRY(read_instead(doc, node, key, out));
        else if (key)
            FSNN_TRY(read_key(doc, node, key, (char *)out + key->offset));
        else if (s && s->read)
            FSNN_TRY(s->read(doc, node, out));
        else if (!s)
            FSNN_TRY(unknown(doc, node, table, also));
    }
    return remarks(doc, map, table, out);
}

static fsnn_status read_first(yaml_doc *doc, yaml_node *node, const fsnn_key *table, void *out)
{
    const fsnn_key *first = fsnn_keys_first(table);
    if (!first)
        return yaml_fail(doc, node, "found %s, but there are no options to set here",
                         yaml_found(doc, node));
    bool list = first->type == FSNN_KEY_PAIR || first->type == FSNN_KEY_SHAPE ||
                first->type == FSNN_KEY_REALS || first->type == FSNN_KEY_INTS;
    if (node->type == YAML_LIST && !list)
        return read_wrong(
            doc, node,
            pool_format(&doc->memory, "a mapping of options, like {%s: VALUE}", first->name));
    return read_key(doc, node, first, (char *)out + first->offset);
}

static fsnn_status missing(yaml_doc *doc, const yaml_node *node, const char *name, const char *help)
{
    return yaml_fail(doc, node, "the key \"%s\" is missing%s%s", name, help ? ": " : "",
                     help ? help : "");
}

fsnn_status keys_read(yaml_doc *doc, yaml_node *node, const yaml_node *at, const fsnn_key *table,
                      const special *also, void *out)
{
    bool map = node && node->type == YAML_MAP, nothing = yaml_null(node);
    if (map)
        FSNN_TRY(read_map(doc, node, table, also, out));
    else if (!nothing)
        FSNN_TRY(read_first(doc, node, table, out));
    for (const fsnn_key *key = fsnn_keys_first(table); key; key = fsnn_keys_next(key)) {
        bool first = key == fsnn_keys_first(table) && !map && !nothing;
        if (key->required && !first && !yaml_find(node, key->name))
            return missing(doc, at, key->name, key->help);
    }
    for (const special *s = also; s && s->name; s++)
        if (s->required && !yaml_find(node, s->name))
            return missing(doc, at, s->name, s->help);
    return FSNN_OK;
}
