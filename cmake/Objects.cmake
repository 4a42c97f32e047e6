# How files are compiled. Kernel files, *_kernel.c, are compiled once per instruction set; *_exact_kernel.c without
# contraction of products and sums; what computes, once per precision (cmake/Real.cmake).
set(variants base)
set(flags_avx2 -mavx2 -mfma)
set(flags_avx512 -mavx512f -mavx512dq -mavx512bw -mavx512vl -mprefer-vector-width=512 -mavx2 -mfma)
if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64|amd64)$")
    list(APPEND variants avx2 avx512)
    add_compile_definitions(FSNN_HAVE_AVX2 FSNN_HAVE_AVX512)
endif()
if(FSNN_PRECISION_DOUBLE)
    add_compile_definitions(FSNN_HAVE_DOUBLE)
endif()

# An object library. Only the set `whole` and oneDNN's see the libraries that fsnn stands on.
function(fsnn_compile target)
    add_library(${target} OBJECT ${ARGN})
    target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR}/include ${PROJECT_SOURCE_DIR}/src)
    if(target MATCHES "^objects_(whole|onednn)")
        target_link_libraries(${target} PRIVATE fsnn_dependencies)
    else()
        target_compile_options(${target} PRIVATE -fopenmp-simd) # loops are vectorised as they say
    endif()
endfunction()

# Kernel files for one instruction set.
function(fsnn_kernels target variant)
    fsnn_compile(${target} ${ARGN})
    target_compile_definitions(${target} PRIVATE FSNN_ISA=${variant})
    # a build for size does without some vectors, of which clang warns
    target_compile_options(${target} PRIVATE "$<IF:$<CONFIG:MinSizeRel>,-Os;-Wno-pass-failed,-O3>" -ffp-contract=fast
                                             ${flags_${variant}})
    # loops over a row of 32 are a few stores, cheaper than the library calls that gcc would make of them; and a weight
    # broadcast from memory is cheaper than one carried over from the last row (frac/memory_real_kernel.c)
    if(CMAKE_C_COMPILER_ID STREQUAL "GNU")
        target_compile_options(${target} PRIVATE -fno-tree-loop-distribute-patterns -fno-predictive-commoning)
    endif()
    set(exact ${ARGN})
    list(FILTER exact INCLUDE REGEX "_exact_kernel\\.c$") # tests/build/test_contraction.sh
    set_source_files_properties(${exact} PROPERTIES COMPILE_OPTIONS -ffp-contract=off)
endfunction()

# The object libraries of `files`, their names appended to `list`: `prefix` of the sources, prefix_VARIANT of the kernels.
function(fsnn_objects prefix list)
    set(sources ${ARGN})
    set(kernels ${ARGN})
    list(FILTER sources EXCLUDE REGEX "_kernel\\.c$")
    list(FILTER kernels INCLUDE REGEX "_kernel\\.c$")
    if(sources)
        fsnn_compile(${prefix} ${sources})
        # gcc 12 for arm64 ends with an internal error in loops that take fmin where a condition holds
        if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(aarch64|arm64)$" AND CMAKE_C_COMPILER_ID STREQUAL "GNU"
           AND CMAKE_C_COMPILER_VERSION VERSION_LESS 13)
            target_compile_options(${prefix} PRIVATE -fno-tree-loop-vectorize)
        endif()
        list(APPEND ${list} ${prefix})
    endif()
    if(kernels)
        foreach(variant IN LISTS variants)
            fsnn_kernels(${prefix}_${variant} ${variant} ${kernels})
            list(APPEND ${list} ${prefix}_${variant})
        endforeach()
    endif()
    set(${list} ${${list}} PARENT_SCOPE)
endfunction()

# Compiles a set of files (cmake/Files.cmake). SET_once, SET_single and SET_double become lists of object libraries.
function(fsnn_set set)
    fsnn_split_real(once real ${${set}_files})
    fsnn_objects(objects_${set} ${set}_once ${once})
    fsnn_objects(objects_${set}_single ${set}_single ${real})
    if(FSNN_PRECISION_DOUBLE)
        fsnn_objects(objects_${set}_double ${set}_double ${real})
        foreach(target IN LISTS ${set}_double)
            fsnn_make_double(${target})
        endforeach()
    endif()
    foreach(kind once single double)
        set(${set}_${kind} ${${set}_${kind}} PARENT_SCOPE)
    endforeach()
endfunction()

# The objects of object libraries.
function(fsnn_objects_of list)
    list(TRANSFORM ARGN REPLACE "(.+)" "$<TARGET_OBJECTS:\\1>" OUTPUT_VARIABLE objects)
    set(${list} ${objects} PARENT_SCOPE)
endfunction()

# Only fsnn_ names are global in the archive of a library. LLVM's objcopy cannot rename in WebAssembly: there all are.
function(fsnn_private_names target)
    if(CMAKE_SYSTEM_PROCESSOR STREQUAL "wasm32")
        return()
    endif()
    add_custom_command(TARGET ${target} POST_BUILD VERBATIM
                       COMMAND ${PROJECT_SOURCE_DIR}/cmake/private-names.sh $<TARGET_FILE:${target}>
                               ${CMAKE_NM} ${CMAKE_OBJCOPY})
endfunction()
