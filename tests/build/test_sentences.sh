#!/bin/sh
# Every public function, called with nothing, with numbers out of range and with names that do not exist:
# none crashes, and beside each negative status stands a sentence of its own. The calls are made from the headers
# (public-calls.awk), so that a new function is among them.
set -u
build=${FSNN_BUILD:?}
place=$(mktemp -d) || exit 1
trap 'rm -rf "$place"' EXIT
awk -f tests/build/public-calls.awk include/fsnn/*.h >"$place/calls.h"
calls=$(wc -l <"$place/calls.h")
[ "$calls" -gt 400 ] || { echo "FAILED: found $calls calls only"; exit 1; }
cat >"$place/main.c" <<'END'
#include <fsnn/fsnn.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static fsnn_net *net;
static fsnn_data *data;
static fsnn_loader *loader;
static fsnn_session *session;
static const char old[] = "the sentence of an older error";

/* 1: the last status has no sentence of its own. */
static int silent(int64_t status)
{
    return status < 0 && (!strcmp(fsnn_error_text(), old) || !*fsnn_error_text());
}

static int finds(int (*call)(void), const char *name, int variant)
{
    int code;
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        fsnn_error_set(FSNN_EIO, "%s", old);
        _exit(call());
    }
    waitpid(child, &code, 0);
    if (WIFEXITED(code) && WEXITSTATUS(code) == 0)
        return 0;
    printf("%s, arguments of kind %d: %s\n", name, variant,
           WIFSIGNALED(code) ? strsignal(WTERMSIG(code)) : "a negative status without a sentence");
    return 1;
}

#define TRY(name, variant, call) static int name##_##variant(void) { return silent((int64_t)(call)); }
#define CALL(name, variant, call) static int name##_##variant(void) { return (void)(call), 0; }
#include "calls.h"
#undef TRY
#undef CALL

static void ready(fsnn_status status)
{
    if (status) {
        puts(fsnn_error_text());
        exit(2);
    }
}

int main(void)
{
    static const float x[4] = {1, 2, 3, 4};
    static const int32_t labels[2] = {0, 1};
    static const char text[] = "{\"input\": [2], \"layers\": [{\"linear\": {\"out\": 2}}, {\"lif\": {}}], "
                               "\"dynamics\": {\"alpha\": 1}}";
    const fsnn_session_options opening = {.text = text};
    fsnn_loader_options options = {.encoder = {.steps = 1, .gain = 1}, .batch = 1};
    int bad = 0;
    ready(fsnn_net_create(&net));
    ready(fsnn_net_input(net, FSNN_SHAPE(3)) < 0);
    ready(fsnn_data_memory(2, FSNN_SHAPE(2), x, labels, &data));
    ready(fsnn_loader_create(data, &options, &loader));
    ready(fsnn_session_open(&opening, &session));
#define TRY(name, variant, call) bad += finds(name##_##variant, #name, variant);
#define CALL TRY
#include "calls.h"
    fsnn_session_close(session);
    fsnn_loader_destroy(loader);
    fsnn_data_destroy(data);
    fsnn_net_destroy(net);
    return bad > 0;
}
END
libraries=$(PKG_CONFIG_PATH=$build pkg-config --static --libs fsnn | sed 's/-lfsnn //')
# shellcheck disable=SC2086 # lists of flags
"$CC" -std=gnu11 -O0 ${FSNN_SANITIZE:+-fsanitize=$FSNN_SANITIZE} -Iinclude -I"$place" "$place/main.c" "$build/libfsnn.a" \
    -fopenmp $libraries -o "$place/main" || exit 1
cd "$place" && ./main || exit 1
echo "$calls calls of public functions: no crash, no status without a sentence"
