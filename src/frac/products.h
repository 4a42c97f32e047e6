/* frac/products.h: what the product-integration methods share. */
#ifndef FSNN_FRAC_PRODUCTS_H
#define FSNN_FRAC_PRODUCTS_H

#include "frac/method.h"

frac_weight_fn frac_trap_weights;
frac_dweight_fn frac_trap_dweights;
frac_start_fn frac_trap_start;
frac_dstart_fn frac_trap_dstart;
frac_sum_fn frac_trap_sum;
void frac_product_mix(const fsnn_order *order, double h, fde_mix *mix);

#endif
