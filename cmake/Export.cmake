# The pieces of C that `fsnn export-c` prints, in the order in which they need each other, as strings.
set(export_parts prelude absolute pow sqrt window linear conv depthwise pool turn affine add scale voting strips delay
    delay_each memory clear)
set(export_files ${export_parts})
list(TRANSFORM export_files PREPEND ${PROJECT_SOURCE_DIR}/src/export/parts/)
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
