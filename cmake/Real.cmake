# Two precisions (src/base/real.h). What computes is compiled twice: with real = float, and with real = double under other
# names: f becomes f_double, by a header that is made from the names of the first objects and stands before every file.
# So nobody lists names. Compiled twice are all files of the rooms below but those named *_once.c, which hold public
# functions and what both share; and, in other rooms, the files named *_real.c and *_real_kernel.c.
fsnn_switch(FSNN_PRECISION_DOUBLE "Build for double precision, too" ON)
set(real_rooms equation neuron scan op)

# Splits files into those that are compiled once and those that are compiled for each precision.
function(fsnn_split_real once real)
    list(JOIN real_rooms "|" rooms)
    set(twice ${ARGN})
    list(FILTER twice INCLUDE REGEX "/src/(${rooms})/[^/]*\\.c$|_real(_kernel)?\\.c$")
    list(FILTER twice EXCLUDE REGEX "_once\\.c$")
    set(others ${ARGN})
    if(twice)
        list(REMOVE_ITEM others ${twice})
    endif()
    set(${once} ${others} PARENT_SCOPE)
    set(${real} ${twice} PARENT_SCOPE)
endfunction()

set(double_names ${PROJECT_BINARY_DIR}/double_names.h)

# The header, made anew where objects of the first compilation are. It changes only where names do.
function(fsnn_double_names)
    if(NOT FSNN_PRECISION_DOUBLE)
        return()
    endif()
    set(first)
    foreach(target IN LISTS ARGN)
        list(APPEND first $<TARGET_OBJECTS:${target}>)
    endforeach()
    add_custom_command(OUTPUT ${double_names}.stamp BYPRODUCTS ${double_names} VERBATIM COMMAND_EXPAND_LISTS
                       COMMAND ${PROJECT_SOURCE_DIR}/cmake/double-names.sh ${double_names} ${CMAKE_NM}
                               ${PROJECT_SOURCE_DIR}/include ${first}
                       COMMAND ${CMAKE_COMMAND} -E touch ${double_names}.stamp
                       DEPENDS ${PROJECT_SOURCE_DIR}/cmake/double-names.sh ${first}
                       COMMENT "Names of the second precision")
    add_custom_target(fsnn_double_names DEPENDS ${double_names}.stamp)
    add_dependencies(fsnn_double_names ${ARGN})
endfunction()

# Compiles a target in double precision.
function(fsnn_make_double target)
    add_dependencies(${target} fsnn_double_names)
    target_compile_definitions(${target} PRIVATE FSNN_DOUBLE)
    target_compile_options(${target} PRIVATE -include ${double_names})
endfunction()
