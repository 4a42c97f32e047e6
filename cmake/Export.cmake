# The pieces of C that `fsnn export-c` prints, in the order in which they need each other, as strings.
# Those of src/integer/parts are compiled into the library, too.
set(export_parts integer/prelude export/absolute export/pow export/sqrt integer/window integer/span export/linear
    export/conv_point export/conv export/transposed export/depthwise export/pool export/turn export/affine export/add
    export/scale export/voting export/strips export/upsample export/delay export/delay_each export/learned_delay
    export/delayed_linear export/float_values integer/integer_values integer/weigh export/memory export/clear
    integer/integer integer/simd integer/weight8 integer/weight4 integer/integer_input integer/integer_products
    integer/integer_linear integer/integer_conv integer/integer_depthwise integer/integer_mean integer/integer_pool
    integer/integer_voting integer/integer_move integer/integer_affine integer/integer_turn integer/integer_delay
    integer/integer_memory integer/integer_neuron integer/integer_equation)
set(export_files ${export_parts})
list(TRANSFORM export_files REPLACE "^([a-z]+)/" "${PROJECT_SOURCE_DIR}/src/\\1/parts/")
list(TRANSFORM export_files APPEND .part)
set(export_functions ${PROJECT_SOURCE_DIR}/src/base/functions_kernel.h)
set_property(DIRECTORY ${PROJECT_SOURCE_DIR} APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${export_files} ${export_functions}
             ${PROJECT_SOURCE_DIR}/cmake/export-parts.sh)
file(MAKE_DIRECTORY ${PROJECT_BINARY_DIR}/generated)
execute_process(COMMAND sh ${PROJECT_SOURCE_DIR}/cmake/export-parts.sh ${PROJECT_BINARY_DIR}/generated/export_parts.h
                        ${export_functions} ${export_files}
                COMMAND_ERROR_IS_FATAL ANY)
set_source_files_properties(${PROJECT_SOURCE_DIR}/src/export/parts.c PROPERTIES
                            COMPILE_OPTIONS -I${PROJECT_BINARY_DIR}/generated)
