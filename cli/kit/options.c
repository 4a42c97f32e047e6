/* cli/kit/options.c: reads command lines by a command's table of options: --name value,
 * --name=value, -x value, and -- before operands that begin with a dash. */
#include "cli/kit/kit.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MANY = 64 }; /* more options than any command has */

char *(*cli_options_key)(const char *name);
char *(*cli_options_elsewhere)(const char *name);

static int usage_error(const cli_command *command, const char *sentence)
{
    cli_error(CLI_USAGE, "%s (see: %s %s --help)", sentence, cli_program, command->name);
    return CLI_USAGE;
}

#define USAGE(command, ...)                                                                        \
    do {                                                                                           \
        char *sentence_ = cli_format(__VA_ARGS__);                                                 \
        usage_error(command, sentence_);                                                           \
        free(sentence_);                                                                           \
        return CLI_USAGE;                                                                          \
    } while (0)

static const cli_option *find(const cli_command *command, const char *name, size_t length)
{
    for (const cli_option *o = command->option; o->name; o++) {
        if (strlen(o->name) == length && strncmp(o->name, name, length) == 0)
            return o;
    }
    return NULL;
}

static const cli_option *find_letter(const cli_command *command, char letter)
{
    for (const cli_option *o = command->option; o->name; o++) {
        if (letter && o->letter == letter)
            return o;
    }
    return NULL;
}

/* Takes the key. */
static int unknown_key(const cli_command *command, const char *given, const char *next, char *key)
{
    const char *value = strchr(given, '='), *behind = next && *next != '-' ? next : "VALUE";
    char *sentence = cli_format("unknown option %s; did you mean --set %s=%s?", given, key,
                                value ? value + 1 : behind);
    usage_error(command, sentence);
    free(sentence);
    free(key);
    return CLI_USAGE;
}

/* Takes what is known of the word. */
static int unknown_word(const cli_command *command, const char *given, char *there)
{
    char *sentence = cli_format("unknown option %s%s", given, there);
    usage_error(command, sentence);
    free(sentence);
    free(there);
    return CLI_USAGE;
}

static int unknown(const cli_command *command, const char *given, const char *next,
                   const char *name, size_t length)
{
    const char *known[MANY];
    int count = 0;
    for (const cli_option *o = command->option; o->name && count < MANY; o++)
        known[count++] = o->name;
    char *typed = cli_format("%.*s", (int)length, name), *key = NULL;
    const char *near = cli_nearest(typed, known, count);
    if (cli_options_key && find(command, "set", 3))
        key = cli_options_key(typed);
    bool close = near && *near == *typed; /* more likely than a word of another library */
    char *there = !key && !close && cli_options_elsewhere ? cli_options_elsewhere(typed) : NULL;
    free(typed);
    if (key)
        return unknown_key(command, given, next, key);
    if (there)
        return unknown_word(command, given, there);
    if (near)
        USAGE(command, "unknown option %s; did you mean --%s?", given, near);
    USAGE(command, "unknown option %s", given);
}

static int store_int(const cli_command *command, const cli_option *o, const char *value,
                     cli_int *to)
{
    char *end;
    errno = 0;
    long long number = strtoll(value, &end, 10);
    if (end == value || *end || errno || (double)number < o->min || (double)number > o->max)
        USAGE(command, "--%s takes a whole number from %.0f to %.0f, not \"%s\"", o->name, o->min,
              o->max, value);
    *to = (cli_int){number, true};
    return CLI_GOOD;
}

static int store_seed(const cli_command *command, const cli_option *o, const char *value,
                      cli_seed *to)
{
    char *end;
    errno = 0;
    unsigned long long number = strtoull(value, &end, 10);
    if (*value < '0' || *value > '9' || *end || errno)
        USAGE(command, "--%s takes a whole number from 0 to 2^64-1, not \"%s\"", o->name, value);
    *to = (cli_seed){number, true};
    return CLI_GOOD;
}

static int store_real(const cli_command *command, const cli_option *o, const char *value,
                      cli_real *to)
{
    char *end;
    double number = strtod(value, &end);
    if (end == value || *end || !isfinite(number) || number < o->min || number > o->max)
        USAGE(command, "--%s takes a number from %g to %g, not \"%s\"", o->name, o->min, o->max,
              value);
    *to = (cli_real){number, true};
    return CLI_GOOD;
}

static void append(cli_list *list, const char *value)
{
    const char **item = cli_allocate((size_t)list->count + 1, sizeof *item);
    if (list->count)
        memcpy(item, list->item, (size_t)list->count * sizeof *item);
    free(list->item);
    item[list->count++] = value;
    list->item = item;
}

static int store(const cli_command *command, const cli_option *o, const char *value, void *options)
{
    void *to = (char *)options + o->offset;
    switch (o->kind) {
    case CLI_FLAG:
        *(bool *)to = true;
        return CLI_GOOD;
    case CLI_PATH:
        if (strcmp(value, "-") == 0)
            USAGE(command,
                  "--%s -: it takes %s with a name, not standard output; what is to be called - is "
                  "written ./-",
                  o->name, strcmp(o->argument, "DIR") == 0 ? "a folder" : "a file");
        *(const char **)to = value;
        return CLI_GOOD;
    case CLI_TEXT:
        *(const char **)to = value;
        return CLI_GOOD;
    case CLI_INT:
        return store_int(command, o, value, to);
    case CLI_SEED:
        return store_seed(command, o, value, to);
    case CLI_REAL:
        return store_real(command, o, value, to);
    case CLI_LIST:
        append(to, value);
        return CLI_GOOD;
    }
    return CLI_GOOD;
}

/* argv[*i] is an option; its value may be behind '=' or in the next argument. */
static int read_option(const cli_command *command, int argc, char **argv, int *i, void *options)
{
    const char *given = argv[*i];
    bool is_long = given[1] == '-';
    const char *name = given + 1 + is_long;
    size_t length = is_long ? strcspn(name, "=") : 1;
    const char *value = name[length] == '=' ? name + length + 1 : NULL;
    const cli_option *o = is_long ? find(command, name, length) : find_letter(command, *name);
    if (!is_long && o && name[1] && !value)
        o = NULL; /* letters are not put together */
    if (!o)
        return unknown(command, given, *i + 1 < argc ? argv[*i + 1] : NULL, name, length);
    if (o->kind == CLI_FLAG) {
        if (value)
            USAGE(command, "--%s is a switch and takes no value (found \"%s\")", o->name, value);
    } else if (!value) {
        if (*i + 1 >= argc)
            USAGE(command, "--%s needs %s behind it", o->name, o->argument);
        value = argv[++*i];
        if (strncmp(value, "--", 2) == 0)
            USAGE(command, "--%s needs %s behind it, but %s follows", o->name, o->argument, value);
    }
    if (value && !*value)
        USAGE(command, "--%s needs %s, but it is empty", o->name, o->argument);
    return store(command, o, value, options);
}

static int read_operand(const cli_command *command, const char *value, cli_common *common)
{
    if (common->operands < command->max_operands) {
        common->operand[common->operands++] = value;
        return CLI_GOOD;
    }
    if (strchr(value, '=') && find(command, "set", 3))
        USAGE(command, "nothing is known to do with \"%s\"; did you mean --set %s?", value, value);
    USAGE(command, "nothing is known to do with \"%s\": usage is fsnn %s %s", value, command->name,
          command->usage);
}

int cli_options_parse(const cli_command *command, int argc, char **argv, void *options)
{
    cli_common *common = options;
    bool only_operands = false;
    for (int i = 0; i < argc; i++) {
        int code;
        if (!only_operands && strcmp(argv[i], "--") == 0) {
            only_operands = true;
            continue;
        }
        if (only_operands || argv[i][0] != '-' || !argv[i][1])
            code = read_operand(command, argv[i], common);
        else
            code = read_option(command, argc, argv, &i, options);
        if (code != CLI_GOOD)
            return code;
        if (common->help || common->version)
            return CLI_GOOD;
    }
    if (common->operands < command->min_operands)
        USAGE(command, "%s is missing: usage is fsnn %s %s", command->operands, command->name,
              command->usage);
    return CLI_GOOD;
}

bool cli_option_given(const cli_option *option, const void *options)
{
    const void *at = (const char *)options + option->offset;
    switch (option->kind) {
    case CLI_FLAG:
        return *(const bool *)at;
    case CLI_TEXT:
    case CLI_PATH:
        return *(const char *const *)at != NULL;
    case CLI_INT:
        return ((const cli_int *)at)->given;
    case CLI_SEED:
        return ((const cli_seed *)at)->given;
    case CLI_REAL:
        return ((const cli_real *)at)->given;
    case CLI_LIST:
        return ((const cli_list *)at)->count > 0;
    }
    return false;
}

bool cli_has_word(const char *words, const char *word)
{
    size_t length = strlen(word);
    for (const char *at = words; (at = strstr(at, word)) != NULL; at += length)
        if ((at == words || at[-1] == ' ') && (!at[length] || at[length] == ' '))
            return true;
    return false;
}

void cli_options_free(const cli_command *command, void *options)
{
    for (const cli_option *o = command->option; o->name; o++) {
        if (o->kind == CLI_LIST)
            free(((cli_list *)((char *)options + o->offset))->item);
    }
}
