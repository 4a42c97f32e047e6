/* base/isa_kernel.h: names of a kernel file's variants. The build compiles the file once per
 * instruction set with -DFSNN_ISA=base|avx2|avx512; FSNN_K(scan) is scan_base, scan_avx2 or
 * scan_avx512. */
#ifndef FSNN_BASE_ISA_KERNEL_H
#define FSNN_BASE_ISA_KERNEL_H

#ifndef FSNN_ISA
#define FSNN_ISA base
#endif

#define FSNN_K_PASTE(name, isa) name##_##isa
#define FSNN_K_EXPAND(name, isa) FSNN_K_PASTE(name, isa)
#define FSNN_K(name) FSNN_K_EXPAND(name, FSNN_ISA)

#endif
