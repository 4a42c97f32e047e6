# Tests: tests/ROOM/test_*.c (CMocka programs), tests/ROOM/*.sh (scripts), examples, and the include law. All run in the
# source directory through tests/env.sh, which sets what the environment leaves open.
pkg_check_modules(CMOCKA REQUIRED IMPORTED_TARGET cmocka)
set(run ${PROJECT_SOURCE_DIR}/tests/env.sh)

function(fsnn_test name)
    add_test(NAME ${name} COMMAND sh ${run} ${ARGN} WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
    set(environment FSNN_BUILD=${PROJECT_BINARY_DIR} CC=${CMAKE_C_COMPILER})
    if(TARGET fsnn_cli)
        list(APPEND environment FSNN_BIN=$<TARGET_FILE:fsnn_cli>)
    endif()
    if(TARGET fsnn_suite)
        list(APPEND environment FSNN_SUITE=$<TARGET_FILE:fsnn_suite>)
    endif()
    if(FSNN_SANITIZE)
        list(APPEND environment FSNN_SANITIZE=${FSNN_SANITIZE})
    endif()
    set_tests_properties(${name} PROPERTIES TIMEOUT ${FSNN_TEST_TIMEOUT} SKIP_RETURN_CODE 77
                                            ENVIRONMENT "${environment}")
endfunction()

# test_*_in_double.c see the library's names and types as its second compilation has them (cmake/Real.cmake).
file(GLOB programs CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/*/test_*.c)
if(NOT FSNN_PRECISION_DOUBLE)
    list(FILTER programs EXCLUDE REGEX "_in_double\\.c$")
endif()
foreach(source IN LISTS programs)
    cmake_path(GET source STEM stem)
    cmake_path(GET source PARENT_PATH room)
    cmake_path(GET room FILENAME room)
    string(REGEX REPLACE "^test_" "" what ${stem})
    set(target test_${room}_${what})
    add_executable(${target} ${source})
    target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR}/src
                                                 ${PROJECT_SOURCE_DIR}/tests)
    # quick to build; and deep inlining of CMocka's jumps makes gcc warn of what is not there
    target_compile_options(${target} PRIVATE -O1)
    target_link_libraries(${target} PRIVATE fsnn_internal PkgConfig::CMOCKA)
    if(stem MATCHES "_in_double$")
        fsnn_make_double(${target})
    endif()
    set_target_properties(${target} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
    fsnn_test(${room}/${what} $<TARGET_FILE:${target}>)
endforeach()

# Hashes of what the library computes, for tests/net/same_bits.sh.
file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/net/same_bits/*.c)
add_executable(same_bits ${sources})
target_compile_options(same_bits PRIVATE -O1)
target_link_libraries(same_bits PRIVATE fsnn_static)
set_target_properties(same_bits PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)

file(GLOB scripts CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/*/*.sh)
list(FILTER scripts EXCLUDE REGEX "/tests/long/")
foreach(source IN LISTS scripts)
    cmake_path(GET source STEM stem)
    cmake_path(GET source PARENT_PATH room)
    cmake_path(GET room FILENAME room)
    string(REGEX REPLACE "^test_" "" what ${stem})
    fsnn_test(${room}/${what} ${source})
endforeach()

# What takes too long for every change, `make check-long`: ctest runs it with -C long only.
file(GLOB scripts CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/long/*.sh)
foreach(source IN LISTS scripts)
    cmake_path(GET source STEM what)
    fsnn_test(long/${what} ${source} CONFIGURATIONS long)
    set_tests_properties(long/${what} PROPERTIES LABELS long TIMEOUT 7200)
endforeach()

foreach(name IN LISTS examples)
    fsnn_test(examples/${name} $<TARGET_FILE:example_${name}>)
endforeach()

# Fuzz targets, tests/fuzz/fuzz_*.c: clang's libFuzzer, the library instrumented for it (preset fuzz). Not run by ctest.
if(FSNN_SANITIZE MATCHES fuzzer-no-link)
    file(GLOB targets CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/fuzz/fuzz_*.c)
    foreach(source IN LISTS targets)
        cmake_path(GET source STEM target)
        add_executable(${target} ${source})
        target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR}/src)
        target_link_libraries(${target} PRIVATE fsnn_internal)
        target_link_options(${target} PRIVATE -fsanitize=fuzzer)
        set_target_properties(${target} PROPERTIES RUNTIME_OUTPUT_DIRECTORY
                                                   ${PROJECT_BINARY_DIR}/fuzz)
    endforeach()
endif()
