/* cli/kit/kit.h: what every program of a command line needs: options, help pages, messages, numbers
 * as text, JSON, signals, files. Of the library it knows statuses and the writing of files. Results
 * go to stdout, everything else to stderr. Exit codes are those below. */
#ifndef FSNN_CLI_KIT_H
#define FSNN_CLI_KIT_H

#include <stdarg.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <fsnn/status.h>

enum cli_exit {
    CLI_GOOD = 0,
    CLI_FAILED = 1,        /* the run failed */
    CLI_USAGE = 2,         /* wrong options, or an error in the description */
    CLI_INTERRUPTED = 130, /* stopped by SIGINT, SIGTERM or SIGHUP */
};

#define CLI_COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

/* ---- options: one table a command drives parsing, --help and error sentences ---- */

typedef enum cli_kind {
    CLI_FLAG, /* bool */
    CLI_TEXT, /* const char * */
    CLI_PATH, /* the same, of a file or folder that is written */
    CLI_INT,  /* cli_int, min..max */
    CLI_SEED, /* cli_seed */
    CLI_REAL, /* cli_real, min..max */
    CLI_LIST, /* cli_list: may be given many times */
} cli_kind;

typedef struct cli_int {
    int64_t value;
    bool given;
} cli_int;
typedef struct cli_seed {
    uint64_t value;
    bool given;
} cli_seed;
typedef struct cli_real {
    double value;
    bool given;
} cli_real;
typedef struct cli_list {
    const char **item;
    int count;
} cli_list;

typedef struct cli_option {
    const char *name; /* "set" is given as --set */
    char letter;      /* or 0 */
    cli_kind kind;
    size_t offset;        /* of its place in the command's struct of options */
    const char *argument; /* "FILE"; NULL for a flag */
    const char *help;
    double min, max;
} cli_option;

/* Before the words of an unfinished command line: what could be the last one? */
#define CLI_COMPLETE "--complete"

/* Words that may stand for the value of an option, for completion: "csv,npz"; ",v,spikes": several
 * of them, separated by commas. A table ends with a row without option. */
typedef struct cli_values {
    const char *option, *values;
} cli_values;

#define CLI_OPERANDS 64 /* most of a command */

/* First member of every command's struct of options. */
typedef struct cli_common {
    cli_list set;
    cli_seed seed;
    cli_int threads;
    bool quiet, help, version;
    const char *operand[CLI_OPERANDS];
    int operands;
} cli_common;

/* Rows of the options that several commands share. */
#define CLI_ROW_SET                                                                                \
    {                                                                                              \
        "set", 0, CLI_LIST, offsetof(cli_common, set), "KEY=VALUE",                                \
            "override a key of the description, e.g. dynamics.alpha=0.5 or lif1.tau=1.5; may be "  \
            "repeated",                                                                            \
            0, 0                                                                                   \
    }
#define CLI_ROW_SEED(what)                                                                         \
    {                                                                                              \
        "seed", 0, CLI_SEED, offsetof(cli_common, seed), "N", what, 0, 0                           \
    }
#define CLI_ROW_THREADS                                                                            \
    {                                                                                              \
        "threads", 0, CLI_INT, offsetof(cli_common, threads), "N",                                 \
            "threads to use (default: all processors)", 1, 4096                                    \
    }
/* clang-format off */
#define CLI_ROWS_LAST                                                                              \
    {"quiet", 'q', CLI_FLAG, offsetof(cli_common, quiet), NULL,                                    \
     "say nothing on stderr but errors", 0, 0},                                                    \
    {"help", 'h', CLI_FLAG, offsetof(cli_common, help), NULL, "show this help", 0, 0},             \
    {"version", 0, CLI_FLAG, offsetof(cli_common, version), NULL, "show the version", 0, 0},       \
    {NULL, 0, CLI_FLAG, 0, NULL, NULL, 0, 0}
/* clang-format on */

typedef struct cli_command {
    const char *name;
    const char *summary; /* one line, of the list of commands */
    /* "fsnn-bench": the command is a program of its own, which reads the arguments; all that
     * follows is there. NULL: this program. */
    const char *program;
    const char *operands;     /* "DESC.yaml", for error sentences */
    const char *usage;        /* what stands behind the command in the usage line */
    const char *details;      /* paragraphs between the usage line and the options */
    const char *examples;     /* lines of shell */
    const cli_option *option; /* ended by a row without name */
    int min_operands, max_operands;
    size_t size;               /* of the struct of options */
    int (*run)(void *options); /* returns an exit code */
    /* the help of an option whose row has none: it lists names of a table */
    const char *(*option_help)(const char *option);
    const cli_values *values;
    /* those that tables of the library know; of "" the operands; or NULL */
    const char *(*option_values)(const char *option);
} cli_command;

/* Runs a command on argv[0..argc-1] (without program and command): options, --help, --version and
 * the command itself; returns the exit code. */
int cli_command_run(const cli_command *command, int argc, char **argv);
/* The last thing a program does, with its exit code: what it wrote to stdout must have arrived. */
int cli_close(int code);
/* A line on stdout. */
void cli_version(void);
/* Takes as many threads as --threads says; a warning where this build has fewer. */
int cli_threads_set(const cli_common *common);
/* Reads argv[0..argc-1] (without program and command) into `options`, zeroed before. Returns
 * CLI_GOOD or, after a sentence on stderr, CLI_USAGE. cli_options_free releases its lists. */
int cli_options_parse(const cli_command *command, int argc, char **argv, void *options);
/* What names the key of a description that a user may mean by an unknown option: "training.epochs"
 * for --epochs, to be freed, or NULL. */
extern char *(*cli_options_key)(const char *name);
/* The end of a sentence, "; ...", on such a word that no option has; NULL: nothing is known. */
extern char *(*cli_options_elsewhere)(const char *name);
/* What may stand in place of the last of argv[0..argc-1] (without program and command), on stdout;
 * a line a candidate. cli_candidate prints one: a word, what it means or NULL. */
void cli_complete(const cli_command *command, int argc, char **argv);
void cli_candidate(const char *word, const char *help);
/* Prints the keys of a description that begin as `typed` does, for --set. */
extern void (*cli_put_keys)(const char *typed);
void cli_options_free(const cli_command *command, void *options);
/* Whether the option of a row was given. */
bool cli_option_given(const cli_option *option, const void *options);
/* Whether a text of words parted by blanks has this one. */
bool cli_has_word(const char *words, const char *word);
/* The program whose command that is, for its usage line and its messages; by default fsnn. */
extern const char *cli_program;
/* The help page of a command on stdout. */
void cli_help(const cli_command *command);
/* Prints `text` in lines of at most 80 columns, each (but the first) indented by `indent`; `column`
 * is where the first line starts. */
void cli_print_wrapped(FILE *out, const char *text, int indent, int column);

/* The known name nearest to `name`, or NULL when none is near. */
const char *cli_nearest(const char *name, const char *const *known, int count);
/* Adds a name to the list in text [size]; `between` comes before every name but the first. */
void cli_list_add(char *text, size_t size, const char *between, const char *name);

/* ---- messages ---- */

void cli_message_setup(const char *command, bool quiet);
bool cli_quiet(void);
bool cli_terminal(void); /* stderr is a terminal that can redraw a line */
bool cli_colour(void);
int cli_width(void); /* of the terminal now, or 80 */
/* Columns of the terminal behind a file descriptor; 0: it is none, lines may have any length. */
int cli_columns(int descriptor);
/* Prints a text in lines of at most `width` columns (0: as it is), broken at blanks; what is broken
 * goes on below the second column of its line, where it has one. */
void cli_put_lines(FILE *out, const char *text, int width);
/* A text on stdout, in lines that fit. */
void cli_print(const char *format, ...) FSNN_PRINTF(1, 2);
/* On stdout as it is. What these and the messages below print by %s has its control characters
 * written out (\x1b, \n), since names of files may hold anything; it is padded by columns. */
void cli_out(const char *format, ...) FSNN_PRINTF(1, 2);
/* A format filled with such texts, on a stream, which takes no memory; or as a text, to be freed,
 * NULL where memory is out. */
void cli_vprint_clean(FILE *out, const char *format, va_list list);
char *cli_vformat_clean(const char *format, va_list list);
/* A text on stdout; on a terminal that it does not fit into through the user's pager (PAGER, or
 * less). */
void cli_page(const char *text);
/* A line on stderr, nothing with --quiet. */
void cli_say(const char *format, ...) FSNN_PRINTF(1, 2);
void cli_warn(const char *format, ...) FSNN_PRINTF(1, 2);
/* An error sentence on stderr, also with --quiet; returns `code`. */
int cli_error(int code, const char *format, ...) FSNN_PRINTF(2, 3);
/* The sentence of the library's last error. The second form is for the steps that read and build a
 * description, where what the user wrote is at fault: CLI_USAGE except when memory is out. */
int cli_fail(fsnn_status status);
int cli_fail_description(fsnn_status status);
/* Of a figure: warns when `status` is an error; 1 when it was written. */
int cli_figure_done(fsnn_status status, const char *path);
/* The same where no figure of something can be drawn, for the last error of the library. */
void cli_figures_lost(const char *what);
/* Whether one of them has warned. */
bool cli_figure_lost(void);

/* ---- numbers as text: each writes into `text` (>= CLI_NUMBER bytes) and returns it ---- */

#define CLI_NUMBER 32
char *cli_count(char *text, int64_t value); /* 2,032,640 */
char *cli_short(char *text, double value);  /* 4.07 M */
/* 0.1234, and 9.887e+28 where it is large: losses that run away */
char *cli_decimal(char *text, double value);
char *cli_bytes(char *text, double bytes);  /* 12.3 MiB */
char *cli_time(char *text, double seconds); /* 0:42, 1:02:03 */
char *cli_energy(char *text, double pico);  /* 1.23 uJ */

/* Mean of x [n], and the standard deviation (n - 1; 0 for one), where it is wanted. */
double cli_mean(const double *x, int64_t n, double *deviation);

/* ---- JSON on a stream: commas and nesting are kept by the writer ---- */

typedef struct cli_json {
    FILE *out;
    int depth;
    bool filled[16]; /* something stands already at this depth */
} cli_json;
void cli_json_open(cli_json *json, const char *key,
                   char bracket); /* '{' or '['; key NULL inside a list */
void cli_json_close(cli_json *json, char bracket);
void cli_json_text(cli_json *json, const char *key, const char *value);
void cli_json_number(cli_json *json, const char *key, double value); /* null when not finite */
void cli_json_integer(cli_json *json, const char *key, int64_t value);

/* ---- signals: SIGINT, SIGTERM and SIGHUP end the process with CLI_INTERRUPTED; once there is
 * something to keep, the first one only sets the flag */

/* Of every command: a file that grows past the limit is a write that fails. */
void cli_signals_setup(void);
/* Of every program, before it opens anything: a standard stream that is closed fails when it is
 * used. */
void cli_streams_setup(void);
void cli_signals_catch(void);
/* Data are open, the work begins. Before that a signal ends everything, also while a file is a pipe
 * that nobody writes to. */
void cli_signals_keep(void);
volatile const int *cli_stop(void);
/* A line that is redrawn stands on the terminal: the end by a signal clears it. */
void cli_signals_line(bool open);

/* A line that says how far something is, on a terminal, once it takes more than a second. */
typedef struct cli_line {
    double start, drawn; /* seconds */
    bool visible;
} cli_line;
cli_line cli_line_begin(void);
void cli_line_draw(cli_line *line, const char *format, ...) FSNN_PRINTF(2, 3);
void cli_line_end(cli_line *line); /* it is gone */

/* ---- files ---- */

char *cli_path(const char *directory, const char *name); /* "directory/name", to be freed */
const char *cli_base_name(const char *path);             /* what stands behind the last slash */
/* `text` as a part of a file's name, to be freed: what such a name cannot hold or should not
 * (slashes, quotes, control characters, percent signs) as %XX; a long one is cut and marked. */
char *cli_file_name(const char *text);
bool cli_exists(const char *path);
bool cli_is_directory(const char *path);
/* Of a folder that is looked through: neither hidden nor a pipe, a socket or a device. */
struct dirent;
bool cli_entry(const struct dirent *entry);
bool cli_is_file(const char *path); /* no folder, pipe or device */
/* CLI_FAILED with a sentence for a folder that this user may not look into. */
int cli_enter(const char *folder);
/* Whether two names are those of one file that is there, and no device. */
bool cli_same_file(const char *a, const char *b);
/* Makes a directory and those above it; CLI_GOOD or CLI_FAILED after a sentence. */
int cli_make_directory(const char *path);
/* At the end of a command: of one that failed, the directories that it made and left empty go. */
void cli_directories_end(bool failed);
/* Whether a file could be written there, to be asked before long work; CLI_GOOD or CLI_FAILED after
 * a sentence. Nothing is changed. */
int cli_check_writable(const char *path);
void *cli_allocate(size_t count,
                   size_t size); /* zeroed; ends the program with a sentence when memory is out */
char *cli_format(const char *format, ...) FSNN_PRINTF(1, 2); /* to be freed */

#endif
