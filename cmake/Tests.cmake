# Tests: tests/ROOM/test_*.c (CMocka programs), tests/ROOM/*.sh (scripts), examples, and the include law. All run in the
# source directory through tests/env.sh, which sets what the environment leaves open.
set(run ${PROJECT_SOURCE_DIR}/tests/env.sh)

# What a build can leave out, and the tests (regular expressions of their names) that need it: where it is left out they
# are skipped by name. A test that needs it in some of its cases skips these (NEEDS in tests/check.h).
set(needs_YAML
    "cli/(augment|bf16|convert|event_examples|events|export_c|export_examples|export_qemu|export_stream|figures|first_steps|golden|graph|inspect|int8|ladder|other_data|own_neuron|run|run_directory)"
    "cli/(compare|mpi|runs|safe_text|series|simulate_model|split|stream|sweep|terminal|train|units|unused|values)"
    "model/(data_open|description[a-z_]*|elsewhere|first_error|mutations|operators|unused|weights|weights_net)"
    "exchange/nir_(expand|export|limits)" "session/(evaluate|open|run|train|unet)" build/docs "build/toy_[a-z]*" examples/06_session net/same_bits
    python/examples python/nir python/torch_oracle web/neuron web/own)
set(needs_ZLIB build/docs build/files cli/own_neuron)
set(needs_HDF5 cli/convert exchange/nir exchange/nir_expand exchange/nir_export exchange/nir_pack data/events_hdf5 data/shd data/shd_damage data/recast format/file_kind model/description_series)
set(needs_OPENMP base/threads build/docs)
set(needs_FFT data/series data/series_real)
set(needs_SOUND data/sound)
set(needs_PNG data/png)
set(needs_PLOT build/docs plot/charts plot/plot plot/plot_errors cli/figures cli/ladder)
# networks in double precision, fsnn simulate, which computes in it, and recorded bits of single ones that jump
set(needs_DOUBLE cli/ladder train/average train/rules train/accumulate train/shards train/synchronised train/targets ".*_in_double" ".*/double" "(cli|session)/simulate[a-z_]*" net/same_bits web/neuron web/own)
set(needs_CLI "cli/.*" build/docs build/elsewhere build/files build/install build/man build/reference build/symbols
    fuzz/replay python/nir web/neuron web/own)

set(needs_MPI cli/mpi)

# lack: in words what a test needs and this build was made without; empty: nothing.
set(FSNN_HAVE_CLI ${FSNN_CLI})
function(fsnn_lack name)
    set(lack PARENT_SCOPE)
    foreach(option IN LISTS options ITEMS DOUBLE CLI MPI)
        list(JOIN needs_${option} "|" needs)
        if(NOT FSNN_HAVE_${option} AND needs AND name MATCHES "^(${needs})$")
            set(lack ${words_${option}} PARENT_SCOPE)
        endif()
    endforeach()
endfunction()

function(fsnn_test name)
    set(command ${ARGN})
    fsnn_lack(${name})
    if(lack)
        set(command sh -c "echo '${name}: skipped: fsnn is built without ${lack}' && exit 77")
    endif()
    add_test(NAME ${name} COMMAND sh ${run} ${command} WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
    set(environment FSNN_BUILD=${PROJECT_BINARY_DIR} CC=${CMAKE_C_COMPILER} FSNN_DENSE=${FSNN_DENSE})
    if(TARGET fsnn_cli)
        list(APPEND environment FSNN_BIN=$<TARGET_FILE:fsnn_cli>)
    endif()
    if(TARGET fsnn_mpi)
        list(APPEND environment FSNN_MPI=$<TARGET_FILE:fsnn_mpi>)
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

if(FSNN_CORE_ONLY)
    fsnn_test(build/core ${PROJECT_SOURCE_DIR}/tests/build/test_core.sh)
    return()
endif()

pkg_check_modules(CMOCKA IMPORTED_TARGET cmocka)
if(NOT CMOCKA_FOUND)
    message(FATAL_ERROR "CMocka (package libcmocka-dev), which the tests use, is missing: run tools/install-deps.sh, or "
                        "give -DFSNN_TESTS=OFF to do without them")
endif()

# test_*_in_double.c see the library's names and types as its second compilation has them (cmake/Real.cmake).
file(GLOB programs CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/*/test_*.c)
set(have) # FSNN_HAVE_X: tests pack what the library unpacks
foreach(option IN LISTS options)
    if(FSNN_HAVE_${option})
        list(APPEND have FSNN_HAVE_${option})
    endif()
endforeach()
if(hdf5_name)
    list(APPEND have FSNN_HDF5_LOADED)
endif()
foreach(source IN LISTS programs)
    cmake_path(GET source STEM stem)
    cmake_path(GET source PARENT_PATH room)
    cmake_path(GET room FILENAME room)
    string(REGEX REPLACE "^test_" "" what ${stem})
    fsnn_lack(${room}/${what})
    if(lack)
        fsnn_test(${room}/${what})
        continue()
    endif()
    set(target test_${room}_${what})
    add_executable(${target} ${source})
    target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR}/src
                                                 ${PROJECT_SOURCE_DIR}/tests)
    # quick to build; and deep inlining of CMocka's jumps makes gcc warn of what is not there
    target_compile_options(${target} PRIVATE -O1)
    target_link_libraries(${target} PRIVATE fsnn_internal PkgConfig::CMOCKA)
    target_compile_definitions(${target} PRIVATE ${have})
    if("${room}/${what}" IN_LIST needs_HDF5) # some write such files by themselves
        target_link_libraries(${target} PRIVATE PkgConfig::HDF5)
    endif()
    if(stem MATCHES "_in_double$")
        fsnn_make_double(${target})
    endif()
    set_target_properties(${target} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
    fsnn_test(${room}/${what} ${CMAKE_CROSSCOMPILING_EMULATOR} $<TARGET_FILE:${target}>)
endforeach()
if(CMAKE_CROSSCOMPILING) # the longest under qemu begin, so that all processors end together
    set_tests_properties(scan/memory scan/memory_in_double net/loops net/spike_trains frac/fit scan/scan scan/scan_in_double
                         op/conv_events op/conv_events_in_double net/orders net/loops_time PROPERTIES COST 20)
endif()

# Hashes of what the library computes, for tests/net/same_bits.sh.
file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/net/same_bits/*.c)
add_executable(same_bits ${sources})
target_include_directories(same_bits PRIVATE ${PROJECT_SOURCE_DIR}/src) # base/hash.h
target_compile_options(same_bits PRIVATE -O1)
target_link_libraries(same_bits PRIVATE fsnn_static)
set_target_properties(same_bits PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)

file(GLOB scripts CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/*/*.sh)
list(FILTER scripts EXCLUDE REGEX "/tests/long/")
if(CMAKE_CROSSCOMPILING) # they start programs that this machine cannot run
    set(scripts)
endif()
foreach(source IN LISTS scripts)
    cmake_path(GET source STEM stem)
    cmake_path(GET source PARENT_PATH room)
    cmake_path(GET room FILENAME room)
    string(REGEX REPLACE "^test_" "" what ${stem})
    fsnn_test(${room}/${what} ${source})
endforeach()
if(scripts)
    set_tests_properties(build/wasm web/neuron web/own web/train PROPERTIES TIMEOUT 1800) # compile the core
    set_tests_properties(web/neuron web/own web/train PROPERTIES RESOURCE_LOCK playground) # each builds it
endif()

# What takes too long for every change, `make check-long`: ctest runs it with -C long only.
file(GLOB scripts CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/long/*.sh)
foreach(source IN LISTS scripts)
    cmake_path(GET source STEM what)
    fsnn_test(long/${what} ${source} CONFIGURATIONS long)
    set_tests_properties(long/${what} PROPERTIES LABELS long TIMEOUT 36000)
endforeach()

foreach(name IN LISTS examples)
    fsnn_test(examples/${name} ${CMAKE_CROSSCOMPILING_EMULATOR} $<TARGET_FILE:example_${name}>)
endforeach()

# Fuzz targets, tests/fuzz/fuzz_*.c: with clang's libFuzzer where the library is instrumented for it (preset fuzz, run by tests/long
# only), and without a fuzzer, for tests/fuzz/replay.sh. Those of readers of the command line, fuzz_cli_*.c, see what commands see.
if(FSNN_SANITIZE MATCHES fuzzer-no-link)
    add_custom_target(fuzz)
endif()

function(fsnn_fuzz_program target)
    add_executable(${target} ${ARGN})
    target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR}/tests)
    target_compile_options(${target} PRIVATE -O1)
    set_target_properties(${target} PROPERTIES RUNTIME_OUTPUT_DIRECTORY
                                               ${PROJECT_BINARY_DIR}/fuzz)
    if(target MATCHES "_cli_")
        target_link_libraries(${target} PRIVATE fsnn_commands fsnn_kit)
    else()
        target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR}/src)
        target_link_libraries(${target} PRIVATE fsnn_internal)
    endif()
endfunction()

add_library(replay OBJECT ${PROJECT_SOURCE_DIR}/tests/fuzz/replay/replay.c)
target_include_directories(replay PRIVATE ${PROJECT_SOURCE_DIR}/tests)
file(GLOB targets CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/fuzz/fuzz_*.c)
foreach(source IN LISTS targets)
    cmake_path(GET source STEM target)
    if(target MATCHES "_cli_" AND NOT FSNN_CLI)
        continue()
    endif()
    string(REPLACE "fuzz_" "replay_" replay ${target})
    fsnn_fuzz_program(${replay} $<TARGET_OBJECTS:replay> ${source})
    if(TARGET fuzz)
        fsnn_fuzz_program(${target} ${source})
        target_link_options(${target} PRIVATE -fsanitize=fuzzer)
        add_dependencies(fuzz ${target})
    endif()
endforeach()
