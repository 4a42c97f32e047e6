# Two precisions (src/base/real.h). What computes is compiled twice: with real = float, and with real = double under other
# names: f becomes f_double, by a header that is made from the names of the first objects and stands before every file.
# So nobody lists names. Compiled twice are all files of the rooms below but those named *_once.c, which hold public
# functions and what both share; and, in other rooms, the files named *_real.c and *_real_kernel.c.
option(FSNN_PRECISION_DOUBLE "Build for double precision, too" ON)
set(real_rooms equation neuron scan op)

set(real_sources ${sources})
set(real_kernels ${kernels})
list(JOIN real_rooms "|" pattern)
set(pattern "/src/(${pattern})/[^/]*\\.c$|_real(_kernel)?\\.c$")
foreach(kind sources kernels)
    list(FILTER real_${kind} INCLUDE REGEX ${pattern})
    list(FILTER real_${kind} EXCLUDE REGEX "_once\\.c$")
    if(real_${kind})
        list(REMOVE_ITEM ${kind} ${real_${kind}})
    endif()
endforeach()

# The header, made anew where objects of the first compilation are. It changes only where names do.
function(fsnn_double_names header)
    set(first)
    foreach(target IN LISTS ARGN)
        list(APPEND first $<TARGET_OBJECTS:${target}>)
    endforeach()
    add_custom_command(OUTPUT ${header}.stamp BYPRODUCTS ${header} VERBATIM COMMAND_EXPAND_LISTS
                       COMMAND ${PROJECT_SOURCE_DIR}/cmake/double-names.sh ${header} ${CMAKE_NM}
                               ${PROJECT_SOURCE_DIR}/include ${first}
                       COMMAND ${CMAKE_COMMAND} -E touch ${header}.stamp
                       DEPENDS ${PROJECT_SOURCE_DIR}/cmake/double-names.sh ${first}
                       COMMENT "Names of the second precision")
    add_custom_target(fsnn_double_names DEPENDS ${header}.stamp)
    add_dependencies(fsnn_double_names ${ARGN})
endfunction()

# Compiles a target in double precision.
function(fsnn_make_double target)
    add_dependencies(${target} fsnn_double_names)
    target_compile_definitions(${target} PRIVATE FSNN_DOUBLE)
    target_compile_options(${target} PRIVATE -include ${double_names})
endfunction()
