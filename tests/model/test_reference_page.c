/* docs/description.md holds the reference that the reader's tables make. FSNN_UPDATE=1 in the environment rewrites the page. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include <fsnn/model.h>

static const char page_path[] = "docs/description.md";
static const char first_line[] = "# The keys of a description\n";

/* The page with what follows its introduction replaced. */
static void rewrite(const char *page, const char *reference)
{
    const char *old = strstr(page, first_line);
    assert_non_null(old);
    FILE *file = fopen(page_path, "w");
    assert_non_null(file);
    fwrite(page, 1, (size_t)(old - page), file);
    fputs(reference, file);
    assert_int_equal(fclose(file), 0);
}

static void page_is_current(void **state)
{
    (void)state;
    uint8_t *data;
    size_t size;
    char *reference;
    assert_int_equal(fsnn_file_read(page_path, &data, &size), FSNN_OK);
    char *page = calloc(size + 1, 1);
    memcpy(page, data, size);
    fsnn_free(data);
    assert_int_equal(fsnn_description_reference(&reference), FSNN_OK);
    if (getenv("FSNN_UPDATE"))
        rewrite(page, reference);
    else if (!strstr(page, reference))
        fail_msg("%s is not what the tables say: run this test with FSNN_UPDATE=1 and commit the page",
                 page_path);
    free(page);
    free(reference);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(page_is_current)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
