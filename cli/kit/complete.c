/* cli/kit/complete.c: what may stand where a user types, for the completion of shells, from the
 * same tables as parsing and help. A line a candidate: the word, and behind a tab what it means. A
 * line ":files" says that files may stand there. A candidate that ends in '=' or ':' goes on. */
#include "cli/kit/kit.h"

#include <stdlib.h>
#include <string.h>

void (*cli_put_keys)(const char *typed);

static bool begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

static const char *help_of(const cli_command *command, const cli_option *o)
{
    return o->help ? o->help : command->option_help(o->name);
}

/* The first sentence or clause, so that a line is short. */
void cli_candidate(const char *word, const char *help)
{
    if (!help)
        cli_out("%s\n", word);
    else
        cli_out("%s\t%.*s\n", word, (int)strcspn(help, ";:("), help);
}

/* "a,b,c": those that begin as `typed` does; `before`, of a list, is what was typed already. */
static void put_values(const char *values, const char *typed, int before)
{
    while (*values) {
        int length = (int)strcspn(values, ",");
        char *value = cli_format("%.*s%.*s", before, typed, length, values);
        if (begins(value, typed))
            cli_candidate(value, NULL);
        free(value);
        values += length;
        values += *values == ',';
    }
}

static const char *values_of(const cli_command *command, const char *option)
{
    for (const cli_values *row = command->values; row && row->option; row++)
        if (strcmp(row->option, option) == 0)
            return row->values;
    return command->option_values ? command->option_values(option) : NULL;
}

/* The value of an option; a table that begins with a comma is of words that may be several. */
static void put_value(const cli_command *command, const cli_option *o, const char *typed)
{
    const char *values = values_of(command, o->name), *last = strrchr(typed, ',');
    if (values && *values == ',')
        put_values(values + 1, typed, last ? (int)(last + 1 - typed) : 0);
    else if (values)
        put_values(values, typed, 0);
    else if (strcmp(o->name, "set") == 0 && cli_put_keys)
        cli_put_keys(typed);
    else if (o->kind == CLI_PATH ||
             (o->kind == CLI_TEXT && strstr("FILE DIR PATH DESC.yaml DIR/", o->argument)))
        puts(":files");
}

/* Each option, but what stands on the line already and cannot be repeated. */
static void put_options(const cli_command *command, int argc, char **argv, const char *typed)
{
    for (const cli_option *o = command->option; o->name; o++) {
        char *word = cli_format("--%s", o->name);
        bool there = false;
        for (int i = 0; i < argc - 1; i++)
            there = there || strcmp(argv[i], word) == 0;
        if (begins(word, typed) && (!there || o->kind == CLI_LIST))
            cli_candidate(word, help_of(command, o));
        free(word);
    }
}

/* The option whose value the word behind argv[0..argc-1] is, or NULL. */
static const cli_option *waiting(const cli_command *command, int argc, char **argv)
{
    const char *last = argc ? argv[argc - 1] : "";
    for (const cli_option *o = command->option; o->name; o++) {
        bool named = begins(last, "--") && strcmp(last + 2, o->name) == 0;
        bool letter = o->letter && last[0] == '-' && last[1] == o->letter && !last[2];
        if (o->kind != CLI_FLAG && (named || letter))
            return o;
    }
    return NULL;
}

/* "--name=value": the option, and *typed is the value. */
static const cli_option *joined(const cli_command *command, const char **typed)
{
    const char *equals = strchr(*typed, '=');
    for (const cli_option *o = command->option; equals && begins(*typed, "--") && o->name; o++) {
        if (strlen(o->name) == (size_t)(equals - *typed - 2) && begins(*typed + 2, o->name)) {
            *typed = equals + 1;
            return o;
        }
    }
    return NULL;
}

void cli_complete(const cli_command *command, int argc, char **argv)
{
    const char *typed = argc ? argv[argc - 1] : "";
    const cli_option *o = waiting(command, argc ? argc - 1 : 0, argv);
    o = o ? o : joined(command, &typed);
    if (o) {
        put_value(command, o, typed);
        return;
    }
    if (*typed == '-') {
        put_options(command, argc, argv, typed);
        return;
    }
    const char *values = values_of(command, "");
    if (values)
        put_values(values, typed, 0);
    else if (command->max_operands > 0)
        puts(":files");
}
