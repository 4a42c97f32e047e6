/* data/perturb.h: disturbances of samples. */
#ifndef FSNN_DATA_PERTURB_H
#define FSNN_DATA_PERTURB_H

#include "base/base.h"

#include <fsnn/data.h>

/* fsnn_perturb_check, and that it acts on samples. */
fsnn_status perturb_check_sample(const fsnn_perturbation *p);

#endif
