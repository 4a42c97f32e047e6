/* cli/kit/number.c: numbers the way people read them. */
#include "cli/kit/kit.h"

#include <inttypes.h>
#include <math.h>

char *cli_count(char *text, int64_t value)
{
    char digits[24];
    int n = snprintf(digits, sizeof digits, "%" PRId64, value);
    int at = 0;
    for (int i = 0; i < n; i++) {
        text[at++] = digits[i];
        int left = n - 1 - i;
        if (left > 0 && left % 3 == 0 && digits[i] != '-')
            text[at++] = ',';
    }
    text[at] = '\0';
    return text;
}

/* Three significant digits with the unit that fits: value / base^i. */
static char *scaled(char *text, double value, double base, const char *const *unit, int units)
{
    int i = 0;
    while (i + 1 < units && fabs(value) >= base * 0.9995) {
        value /= base;
        i++;
    }
    if (fabs(value) >= base * 0.9995) { /* beyond the largest unit */
        snprintf(text, CLI_NUMBER, "%.3g%s%s", value, *unit[i] ? " " : "", unit[i]);
        return text;
    }
    int decimals = fabs(value) >= 99.95 ? 0 : fabs(value) >= 9.995 ? 1 : 2;
    if (i == 0 && value == floor(value))
        decimals = 0;
    snprintf(text, CLI_NUMBER, "%.*f%s%s", decimals, value, *unit[i] ? " " : "", unit[i]);
    return text;
}

char *cli_short(char *text, double value)
{
    static const char *const unit[] = {"", "k", "M", "G", "T"};
    return scaled(text, value, 1000, unit, CLI_COUNT(unit));
}

char *cli_decimal(char *text, double value)
{
    snprintf(text, CLI_NUMBER, fabs(value) < 1e4 ? "%.4f" : "%.4g", value);
    return text;
}

char *cli_bytes(char *text, double bytes)
{
    static const char *const unit[] = {"bytes", "KiB", "MiB", "GiB", "TiB"};
    return scaled(text, bytes, 1024, unit, CLI_COUNT(unit));
}

char *cli_energy(char *text, double pico)
{
    static const char *const unit[] = {"pJ", "nJ", "uJ", "mJ", "J"};
    return scaled(text, pico, 1000, unit, CLI_COUNT(unit));
}

char *cli_time(char *text, double seconds)
{
    if (!(seconds >= 0 && seconds < 1e8)) {
        snprintf(text, CLI_NUMBER, "-:--");
        return text;
    }
    long s = (long)(seconds + 0.5);
    if (s >= 3600)
        snprintf(text, CLI_NUMBER, "%ld:%02ld:%02ld", s / 3600, s / 60 % 60, s % 60);
    else
        snprintf(text, CLI_NUMBER, "%ld:%02ld", s / 60, s % 60);
    return text;
}

double cli_mean(const double *x, int64_t n, double *deviation)
{
    double mean = 0, square = 0;
    for (int64_t i = 0; i < n; i++)
        mean += x[i] / (double)n;
    for (int64_t i = 0; i < n; i++)
        square += (x[i] - mean) * (x[i] - mean);
    if (deviation)
        *deviation = n > 1 ? sqrt(square / (double)(n - 1)) : 0;
    return mean;
}
