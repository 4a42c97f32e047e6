/* cli/kit/names.c: the known name nearest to what was typed, by the distance of Damerau and
 * Levenshtein (insert, delete, replace, swap neighbours), O(length^2); lists of names. */
#include "cli/kit/kit.h"

#include <string.h>

enum { LONGEST = 40 };

static int least(int a, int b)
{
    return a < b ? a : b;
}

static int distance(const char *a, const char *b)
{
    int n = (int)strlen(a), m = (int)strlen(b);
    if (n > LONGEST || m > LONGEST)
        return LONGEST;
    int d[LONGEST + 1][LONGEST + 1];
    for (int i = 0; i <= n; i++)
        d[i][0] = i;
    for (int j = 0; j <= m; j++)
        d[0][j] = j;
    for (int i = 1; i <= n; i++) {
        for (int j = 1; j <= m; j++) {
            int replace = d[i - 1][j - 1] + (a[i - 1] != b[j - 1]);
            d[i][j] = least(replace, least(d[i - 1][j], d[i][j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                d[i][j] = least(d[i][j], d[i - 2][j - 2] + 1);
        }
    }
    return d[n][m];
}

const char *cli_nearest(const char *name, const char *const *known, int count)
{
    const char *best = NULL;
    int best_distance = 3 + (int)strlen(name) / 5; /* farther than this is another word */
    for (int i = 0; i < count; i++) {
        size_t length = strlen(name);
        bool begins = length >= 2 && strncmp(name, known[i], length) == 0;
        int d = begins ? 1 : distance(name, known[i]);
        if (d < best_distance && d < (int)strlen(known[i])) {
            best = known[i];
            best_distance = d;
        }
    }
    return best;
}

void cli_list_add(char *text, size_t size, const char *between, const char *name)
{
    const size_t used = strlen(text);
    snprintf(text + used, size - used, "%s%s", used ? between : "", name);
}
