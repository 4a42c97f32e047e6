# libfsnn from src/*/*.c and the alcoves of rooms, src/*/*/*.c. Kernel files, *_kernel.c, are compiled once per instruction
# set; *_exact_kernel.c without contraction of products and sums.
set(src ${PROJECT_SOURCE_DIR}/src)
file(GLOB sources CONFIGURE_DEPENDS ${src}/*/*.c ${src}/*/*/*.c)
file(GLOB kernels CONFIGURE_DEPENDS ${src}/*/*_kernel.c ${src}/*/*/*_kernel.c)
list(REMOVE_ITEM sources ${kernels})
file(GLOB onednn CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/tensor/dense_onednn*.c)
list(REMOVE_ITEM sources ${onednn})
foreach(name IN LISTS options)
    foreach(form IN LISTS form_${name})
        if(FSNN_HAVE_${name})
            list(REMOVE_ITEM sources ${src}/${form}_absent.c)
        else()
            list(REMOVE_ITEM sources ${src}/${form}.c)
        endif()
    endforeach()
endforeach()

set(variants base)
set(flags_avx2 -mavx2 -mfma)
set(flags_avx512 -mavx512f -mavx512dq -mavx512bw -mavx512vl -mprefer-vector-width=512 -mavx2 -mfma)
if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64|amd64)$")
    list(APPEND variants avx2 avx512)
    add_compile_definitions(FSNN_HAVE_AVX2 FSNN_HAVE_AVX512)
endif()
include(Real)

function(fsnn_compile target)
    target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR}/include
                                                 ${PROJECT_SOURCE_DIR}/src)
    target_link_libraries(${target} PRIVATE fsnn_dependencies)
endfunction()

foreach(list with without)
    if(FSNN_PRECISION_DOUBLE AND list STREQUAL "with" OR NOT FSNN_PRECISION_DOUBLE AND list STREQUAL "without")
        list(APPEND ${list} "double precision")
    endif()
    list(JOIN ${list} ", " ${list}_words)
endforeach()
set(built "with ${with_words}")
if(without)
    string(APPEND built " (without ${without_words})")
endif()

add_library(fsnn_objects OBJECT ${sources})
fsnn_compile(fsnn_objects)
set_source_files_properties(src/base/version.c PROPERTIES COMPILE_DEFINITIONS
                            "FSNN_VERSION=\"${PROJECT_VERSION}\";FSNN_BUILT=\"${built}\"")
set(objects $<TARGET_OBJECTS:fsnn_objects>)

# The dense kernels in single precision: oneDNN's, or our own, which are those in double precision anyway.
set(single_sources ${real_sources})
set(single_kernels ${real_kernels})
set(dense)
if(FSNN_DENSE STREQUAL "onednn")
    list(FILTER single_sources EXCLUDE REGEX "/dense_plain_")
    list(FILTER single_kernels EXCLUDE REGEX "/dense_plain_")
    set(dense fsnn_onednn)
    # the functions of tensor/dense.h, which have a second form in double precision; and what these stand on, with C++ where
    # exceptions are caught
    set(inside ${onednn} ${PROJECT_SOURCE_DIR}/src/tensor/dense_onednn_catch.cpp)
    list(FILTER onednn INCLUDE REGEX "_(gemm|conv|pool)\\.c$")
    list(REMOVE_ITEM inside ${onednn})
    add_library(fsnn_onednn OBJECT ${onednn})
    add_library(fsnn_onednn_inside OBJECT ${inside})
    fsnn_compile(fsnn_onednn)
    fsnn_compile(fsnn_onednn_inside)
    list(APPEND objects $<TARGET_OBJECTS:fsnn_onednn_inside>)
    list(APPEND objects $<TARGET_OBJECTS:fsnn_onednn>)
endif()

# Kernel files for one instruction set.
function(fsnn_kernels target variant)
    add_library(${target} OBJECT ${ARGN})
    fsnn_compile(${target})
    target_compile_definitions(${target} PRIVATE FSNN_ISA=${variant})
    target_compile_options(${target} PRIVATE -O3 -ffp-contract=fast ${flags_${variant}})
    # loops over a row of 32 are a few stores, cheaper than the library calls that gcc would make of them; and a weight
    # broadcast from memory is cheaper than one carried over from the last row (frac/memory_real_kernel.c)
    if(CMAKE_C_COMPILER_ID STREQUAL "GNU")
        target_compile_options(${target} PRIVATE -fno-tree-loop-distribute-patterns -fno-predictive-commoning)
    endif()
endfunction()

# What is compiled for one precision: prefix_objects of `sources` and prefix_kernels_VARIANT of `kernels` (lists of files, by
# name), whose names go to `list`.
function(fsnn_precision prefix sources kernels list)
    add_library(${prefix}_objects OBJECT ${${sources}})
    fsnn_compile(${prefix}_objects)
    set(targets ${prefix}_objects)
    foreach(variant IN LISTS variants)
        fsnn_kernels(${prefix}_kernels_${variant} ${variant} ${${kernels}})
        list(APPEND targets ${prefix}_kernels_${variant})
    endforeach()
    set(${list} ${targets} PARENT_SCOPE)
endfunction()

foreach(variant IN LISTS variants)
    fsnn_kernels(fsnn_kernels_${variant} ${variant} ${kernels})
    list(APPEND objects $<TARGET_OBJECTS:fsnn_kernels_${variant}>)
endforeach()
fsnn_precision(fsnn_single single_sources single_kernels single)
set(real ${single})
if(FSNN_PRECISION_DOUBLE)
    set(double_names ${PROJECT_BINARY_DIR}/double_names.h)
    fsnn_double_names(${double_names} ${single} ${dense})
    fsnn_precision(fsnn_double real_sources real_kernels double)
    foreach(target IN LISTS double)
        fsnn_make_double(${target})
    endforeach()
    list(APPEND real ${double})
    add_compile_definitions(FSNN_HAVE_DOUBLE)
endif()
foreach(target IN LISTS real)
    list(APPEND objects $<TARGET_OBJECTS:${target}>)
endforeach()
# *_exact_kernel.c join products and sums where they say so and nowhere else (tests/build/test_contraction.sh)
set(exact ${kernels} ${real_kernels})
list(FILTER exact INCLUDE REGEX "_exact_kernel\\.c$")
set_source_files_properties(${exact} PROPERTIES COMPILE_OPTIONS -ffp-contract=off)

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
list(APPEND private_libraries ${dense_libraries} fyaml ${option_libraries} z ${LZ4_LIBRARIES}
     ${ZSTD_LIBRARIES} m)
list(REMOVE_DUPLICATES private_libraries)

add_library(fsnn SHARED ${objects})
# fsnn_static is what programs link: only fsnn_ names are global in it. fsnn_internal keeps the internal names, which the
# tests of a room call.
add_library(fsnn_static STATIC ${objects})
add_custom_command(TARGET fsnn_static POST_BUILD VERBATIM
                   COMMAND ${PROJECT_SOURCE_DIR}/cmake/private-names.sh $<TARGET_FILE:fsnn_static>
                           ${CMAKE_NM} ${CMAKE_OBJCOPY})
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
