# libfsnn: the core's files as they are, and the set `whole` (cmake/Files.cmake).
set(FSNN_HAVE_DOUBLE ${FSNN_PRECISION_DOUBLE})
if(FSNN_HAVE_DOUBLE)
    list(APPEND with ${words_DOUBLE})
else()
    list(APPEND without ${words_DOUBLE})
endif()
foreach(list with without)
    list(JOIN ${list} ", " ${list}_words)
endforeach()
if(NOT with)
    set(with_words "C and libm alone")
endif()
set(built "with ${with_words}")
if(without)
    string(APPEND built " (without ${without_words})")
endif()

set_source_files_properties(${src}/base/built.c PROPERTIES COMPILE_DEFINITIONS "FSNN_BUILT=\"${built}\"")

# The rows of fsnn_feature(): X(word, what for, package, option, there).
set(features "X(\"oneDNN\", \"Fast matrix products, convolutions, pooling\", \"oneDNN (libdnnl-dev)\", \"FSNN_DENSE=onednn\", ")
if(FSNN_DENSE STREQUAL "onednn")
    string(APPEND features "true)\n")
else()
    string(APPEND features "false)\n")
endif()
foreach(name IN LISTS options)
    string(TOLOWER "${FSNN_HAVE_${name}}" there)
    string(APPEND features
           "X(\"${words_${name}}\", \"${for_${name}}\", \"${package_${name}}\", \"FSNN_${name}=ON\", ${there})\n")
endforeach()
string(TOLOWER "${FSNN_HAVE_DOUBLE}" there)
if(NOT there MATCHES "^(on|true|1|yes|y)$")
    set(there false)
else()
    set(there true)
endif()
string(APPEND features "X(\"${words_DOUBLE}\", \"Networks in double precision\", \"\", \"FSNN_PRECISION_DOUBLE=ON\", ${there})\n")
file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/generated/base/built_rows.h CONTENT "${features}")
set_source_files_properties(${src}/base/built.c PROPERTIES INCLUDE_DIRECTORIES ${PROJECT_BINARY_DIR}/generated)
foreach(name IN LISTS options)
    foreach(form IN LISTS form_${name})
        list(REMOVE_ITEM whole_files ${src}/${form}.c ${src}/${form}_absent.c)
        if(FSNN_HAVE_${name})
            list(APPEND whole_files ${src}/${form}.c)
        elseif(EXISTS ${src}/${form}_absent.c) # what only other forms call has none
            list(APPEND whole_files ${src}/${form}_absent.c)
        endif()
    endforeach()
endforeach()
fsnn_set(whole)

# The dense kernels in single precision: oneDNN's, with C++ where its exceptions are caught, or our own.
set(dense ${plain_single})
if(FSNN_DENSE STREQUAL "onednn")
    set(dense objects_onednn)
    fsnn_compile(objects_onednn ${onednn_files} ${src}/tensor/dense_onednn_catch.cpp)
    if(NOT FSNN_HAVE_OPENMP)
        set_source_files_properties(${src}/tensor/dense_onednn_catch.cpp PROPERTIES COMPILE_DEFINITIONS FSNN_ONE_THREAD)
    endif()
endif()
fsnn_objects_of(objects ${core_once} ${core_single} ${core_double} ${plain_once} ${dense} ${plain_double} ${whole_once}
                ${whole_single} ${whole_double})

# What a program linked against the static library needs besides it.
# clang's OpenMP stands in a folder of the compiler's own, which other compilers do not search: it is named by its path.
set(private_libraries)
foreach(name IN LISTS openmp_libraries)
    if(name STREQUAL "gomp" OR name STREQUAL "pthread")
        list(APPEND private_libraries ${name})
    else()
        list(APPEND private_libraries ${OpenMP_${name}_LIBRARY})
    endif()
endforeach()
list(APPEND private_libraries ${dense_libraries} ${option_libraries} m)
list(REMOVE_DUPLICATES private_libraries)

add_library(fsnn SHARED ${objects})
# fsnn_static is what programs link: only fsnn_ names are global in it. fsnn_internal keeps the internal names, which the
# tests of a room call.
add_library(fsnn_static STATIC ${objects})
fsnn_private_names(fsnn_static)
add_library(fsnn_internal STATIC EXCLUDE_FROM_ALL ${objects})
target_include_directories(fsnn_internal PUBLIC ${PROJECT_SOURCE_DIR}/include)
target_link_libraries(fsnn_internal PUBLIC fsnn_dependencies)
set_target_properties(fsnn_internal PROPERTIES LINKER_LANGUAGE C)
foreach(target fsnn fsnn_static)
    target_include_directories(${target} PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>
                                                $<INSTALL_INTERFACE:include>)
    set_target_properties(${target} PROPERTIES OUTPUT_NAME fsnn LINKER_LANGUAGE C)
endforeach()
set_target_properties(fsnn PROPERTIES VERSION ${PROJECT_VERSION}
                                      SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR})
# programs that call fsnn mostly call the functions of libm, too
target_link_libraries(fsnn PRIVATE fsnn_dependencies INTERFACE m)
target_link_libraries(fsnn_static PUBLIC $<BUILD_INTERFACE:fsnn_dependencies>
                                         "$<INSTALL_INTERFACE:${private_libraries}>")
