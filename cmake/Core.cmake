# libfsnn_core: the rooms of the core with a C compiler and libm alone; one thread, no files, no system (docs/embedding.md).
include(Files)
include(Real)
include(Objects)
foreach(set core plain bare)
    fsnn_set(${set})
endforeach()
fsnn_objects_of(objects ${core_once} ${core_single} ${core_double} ${plain_once} ${plain_single} ${plain_double}
                ${bare_once} ${bare_single} ${bare_double})
set_source_files_properties(${src}/base/version.c PROPERTIES COMPILE_DEFINITIONS "FSNN_VERSION=\"${PROJECT_VERSION}\"")

add_library(fsnn_core STATIC ${objects})
set_target_properties(fsnn_core PROPERTIES EXPORT_NAME core LINKER_LANGUAGE C)
fsnn_private_names(fsnn_core)
target_include_directories(fsnn_core PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>
                                            $<INSTALL_INTERFACE:include>)
target_link_libraries(fsnn_core PUBLIC m)
