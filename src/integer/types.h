/* integer/types.h: the types and constants of the C that computes in integers (parts/). */
#ifndef FSNN_INTEGER_TYPES_H
#define FSNN_INTEGER_TYPES_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* There are registers enough here. */
#define NET_APART NET_INLINE
#include "integer/parts/prelude.part"

#include "integer/parts/window.part"

#include "integer/parts/integer.part"

#include "integer/parts/integer_values.part"

#include "integer/parts/weigh.part"

#include "integer/parts/integer_memory.part"

#include "integer/parts/integer_neuron.part"

#include "integer/parts/integer_equation.part"

#endif
