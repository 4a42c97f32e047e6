/* A network from the text of a description, for tests. */
#ifndef TESTS_NET_DESCRIBED_H
#define TESTS_NET_DESCRIBED_H

#include "check.h"

#include <unistd.h>

#include <fsnn/fsnn.h>

/* Not wrapped yet; the dynamics are the description's, to be destroyed with it. */
static inline fsnn_net *described(const char *text, fsnn_description **description)
{
    char path[] = "/tmp/fsnn_described_XXXXXX";
    int file = mkstemp(path);
    assert_true(file >= 0);
    FILE *f = fdopen(file, "w");
    assert_non_null(f);
    fprintf(f, "name: described\n%s", text);
    fclose(f);
    fsnn_net *net;
    fsnn_status status = fsnn_description_read(path, NULL, 0, description);
    unlink(path);
    GOOD(status);
    GOOD(fsnn_description_net(*description, &net));
    return net;
}

#endif
