/* export/parts.c: pieces of C, made of export/parts/ and base/functions_kernel.h by the build. */
#include "export/export.h"

#define EXPORT_PART(name, text) {name, text},
const code_part code_parts[] = {
#include <export_parts.h>
    {0}};
