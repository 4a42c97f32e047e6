# FSNN_LINK=alone (preset static, `make static`): the program is one static file that runs on any Linux of its processor. It
# is linked with archives only, what has none is left out; nothing is loaded at run time (cli/alone/loader.c).
if(NOT FSNN_DENSE STREQUAL "plain")
    message(FATAL_ERROR "FSNN_LINK=alone wants -DFSNN_DENSE=plain, and oneDNN is a shared library: cmake --preset static has all that it wants")
endif()
foreach(name SOUND MPI PYTHON)
    string(TOUPPER "${FSNN_${name}}" value)
    if(value MATCHES "^(ON|TRUE|YES|Y|1)$")
        message(FATAL_ERROR "FSNN_LINK=alone and FSNN_${name}=ON: a static program loads no library and no module is made of it")
    endif()
    set(FSNN_${name} OFF)
endforeach()
set(CMAKE_FIND_LIBRARY_SUFFIXES .a)

# X_FOUND is false where pkg-config knows the library and it has no archive.
function(fsnn_alone prefix)
    foreach(library IN LISTS ${prefix}_LINK_LIBRARIES)
        if(NOT library MATCHES "[.]a$" AND NOT library MATCHES "^-l?pthread$")
            set(${prefix}_FOUND FALSE PARENT_SCOPE)
        endif()
    endforeach()
endfunction()

# What archives stand on, which shared libraries bring along by themselves.
function(fsnn_alone_needs target)
    foreach(name IN LISTS ARGN)
        find_library(FSNN_ARCHIVE_${name} ${name})
        if(NOT FSNN_ARCHIVE_${name})
            message(FATAL_ERROR "FSNN_LINK=alone: no lib${name}.a, which ${target} needs: run tools/install-deps.sh")
        endif()
        set_property(TARGET ${target} APPEND PROPERTY INTERFACE_LINK_LIBRARIES ${FSNN_ARCHIVE_${name}})
    endforeach()
    set_property(TARGET ${target} APPEND PROPERTY INTERFACE_LINK_LIBRARIES m)
endfunction()
