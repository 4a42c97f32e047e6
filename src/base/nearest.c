/* base/nearest.c: the known name that a mistyped one most likely meant: smallest edit distance with
 * swaps of neighbours (Damerau 1964, optimal string alignment), letter case ignored, at most about
 * a third of the letters wrong. "f" for "ph" is one letter wrong: alfa is alpha. */
#include "base/base.h"

#include <ctype.h>
#include <string.h>

#define LONGEST 63

static int smallest(int a, int b)
{
    return a < b ? a : b;
}

/* Whether the letter before a[i] is f where the two before b[j] are ph. */
static bool f_for_ph(const char *a, int i, const char *b, int j)
{
    return i > 0 && j > 1 && tolower((unsigned char)a[i - 1]) == 'f' &&
           tolower((unsigned char)b[j - 2]) == 'p' && tolower((unsigned char)b[j - 1]) == 'h';
}

static int distance(const char *a, int n, const char *b, int m)
{
    int d[LONGEST + 1][LONGEST + 1];

    for (int i = 0; i <= n; i++)
        d[i][0] = i;
    for (int j = 0; j <= m; j++)
        d[0][j] = j;
    for (int i = 1; i <= n; i++)
        for (int j = 1; j <= m; j++) {
            int x = tolower((unsigned char)a[i - 1]), y = tolower((unsigned char)b[j - 1]);
            int best = smallest(d[i - 1][j], d[i][j - 1]) + 1;

            best = smallest(best, d[i - 1][j - 1] + (x != y));
            if (i > 1 && j > 1 && x == tolower((unsigned char)b[j - 2]) &&
                y == tolower((unsigned char)a[i - 2]))
                best = smallest(best, d[i - 2][j - 2] + 1);
            if (f_for_ph(a, i, b, j))
                best = smallest(best, d[i - 1][j - 2] + 1);
            if (f_for_ph(b, j, a, i))
                best = smallest(best, d[i - 2][j - 1] + 1);
            d[i][j] = best;
        }
    return d[n][m];
}

const char *fsnn_nearest(const char *name, const char *const *known, int count)
{
    size_t n = strlen(name);
    const char *found = NULL;
    int best = n < 3 ? 1 : (int)(n / 3 > 4 ? 4 : n / 3);

    if (n == 0 || n > LONGEST)
        return NULL;
    for (int i = 0; i < count; i++) {
        size_t m = strlen(known[i]);
        if (m == 0 || m > LONGEST)
            continue;
        int d = distance(name, (int)n, known[i], (int)m);
        /* all letters replaced is not a likeness */
        if (d < (int)n && (found ? d < best : d <= best)) {
            best = d;
            found = known[i];
        }
    }
    return found;
}
