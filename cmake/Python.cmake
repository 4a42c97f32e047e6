# _fsnn, the extension module under the Python package fsnn (python/): C that cffi makes of the public headers, linked with
# the whole library. It needs a Python with cffi and its headers; without one it is left out, and the configuration says so.
set(FSNN_PYTHON AUTO CACHE STRING "Build the Python extension module: AUTO, ON or OFF")
fsnn_wish(PYTHON)
set(FSNN_PYTHON_EXECUTABLE "" CACHE FILEPATH "The Python to build it for; empty: python3, or else the system's")

# Prints the folder of Python's headers; an exception names what is missing.
if(FSNN_PYTHON_EXECUTABLE)
    set(modules cffi)
else()
    set(modules "cffi, numpy") # numpy is for the tests: of two Pythons the one that can run them
endif()
set(probe "import os, sysconfig, ${modules}
folder = sysconfig.get_path('include')
if not os.path.exists(os.path.join(folder, 'Python.h')): raise ImportError('no Python.h: install python3-dev')
print(folder)")

# python, python_include: the first Python that can build it; python_lack: what the last one lacks.
function(fsnn_find_python)
    foreach(candidate IN ITEMS ${FSNN_PYTHON_EXECUTABLE} python3 /usr/bin/python3)
        execute_process(COMMAND ${candidate} -c ${probe} OUTPUT_VARIABLE folder ERROR_VARIABLE lack RESULT_VARIABLE failed
                        OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_STRIP_TRAILING_WHITESPACE)
        if(NOT failed)
            set(python ${candidate} PARENT_SCOPE)
            set(python_include ${folder} PARENT_SCOPE)
            return()
        endif()
        string(REGEX REPLACE "^.*\n" "" lack "${lack}")
        set(python_lack "${candidate}: ${lack}" PARENT_SCOPE)
        if(FSNN_PYTHON_EXECUTABLE)
            return()
        endif()
    endforeach()
endfunction()

set(python)
if(wish_PYTHON STREQUAL "OFF")
    set(python_lack "FSNN_PYTHON is OFF")
elseif(FSNN_SANITIZE)
    set(python_lack "a Python without sanitizers does not load it")
else()
    fsnn_find_python()
endif()
if(NOT python)
    if(wish_PYTHON STREQUAL "ON")
        message(FATAL_ERROR "the Python extension module cannot be built: ${python_lack}. tools/install-deps.sh installs "
                            "what it needs (python3-cffi, python3-dev)")
    endif()
    message(STATUS "Python package: left out (${python_lack})")
    return()
endif()

set(python_folder ${PROJECT_BINARY_DIR}/python)
file(MAKE_DIRECTORY ${python_folder})
file(GLOB python_headers CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/include/fsnn/*.h)
add_custom_command(OUTPUT ${python_folder}/_fsnn.c VERBATIM
                   COMMAND ${python} ${PROJECT_SOURCE_DIR}/python/cdef.py ${CMAKE_C_COMPILER}
                           ${PROJECT_SOURCE_DIR}/include ${python_folder}/_fsnn.c
                   DEPENDS ${PROJECT_SOURCE_DIR}/python/cdef.py ${python_headers})
add_library(fsnn_python MODULE ${python_folder}/_fsnn.c)
set_target_properties(fsnn_python PROPERTIES PREFIX "" OUTPUT_NAME _fsnn SUFFIX .abi3.so LINKER_LANGUAGE C
                                             LIBRARY_OUTPUT_DIRECTORY ${python_folder})
target_include_directories(fsnn_python SYSTEM PRIVATE ${python_include})
target_link_libraries(fsnn_python PRIVATE ${fsnn_linked})
# generated code; quick to build, it only passes arguments on
target_compile_options(fsnn_python PRIVATE -w -O1)
# Python is given its entry and nothing else: a process may have other libraries with the same names (torch has oneDNN)
target_link_options(fsnn_python PRIVATE LINKER:--version-script=${PROJECT_SOURCE_DIR}/python/exports.map)
set_target_properties(fsnn_python PROPERTIES LINK_DEPENDS ${PROJECT_SOURCE_DIR}/python/exports.map)

# tests/python/test_*.py, a test each. They end with 77 where their Python lacks what they need.
if(FSNN_TESTS)
    file(GLOB scripts CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/python/test_*.py)
    foreach(script IN LISTS scripts)
        cmake_path(GET script STEM stem)
        string(REGEX REPLACE "^test_" "" what ${stem})
        fsnn_test(python/${what} ${python} ${script})
        set_property(TEST python/${what} APPEND PROPERTY ENVIRONMENT
                     PYTHONPATH=${PROJECT_SOURCE_DIR}/python:${python_folder} PYTHONDONTWRITEBYTECODE=1
                     FSNN_PYTHON_EXECUTABLE=${python})
    endforeach()
endif()
