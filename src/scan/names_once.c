/* Names of resets and of modes of noise. */
#include "scan/scan.h"

const char *fsnn_reset_name(fsnn_reset reset)
{
    return (unsigned)reset < FSNN_RESETS ? scan_kernels_get()->resets[reset].name : NULL;
}

static const char *reset_at(int i)
{
    return fsnn_reset_name((fsnn_reset)i);
}

int fsnn_reset_find(const char *name)
{
    return fsnn_name_find("reset", name, reset_at, NULL);
}

const char *fsnn_noise_name(fsnn_noise_mode mode)
{
    return scan_noise_name((int)mode);
}

static const char *noise_at(int i)
{
    return scan_noise_name(i);
}

int fsnn_noise_find(const char *name)
{
    return fsnn_name_find("noise", name, noise_at, NULL);
}
