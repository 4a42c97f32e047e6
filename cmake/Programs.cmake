# The command line from cli/*.c and a folder a subcommand, cli/*/*.c; examples/NN_*.c and bench/*.c: users of the public
# headers, nothing else. cli/kit is what every program with a command line needs.
file(GLOB kit CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/cli/kit/*.c)
file(GLOB cli CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/cli/*.c ${PROJECT_SOURCE_DIR}/cli/*/*.c)
file(GLOB mpi CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/cli/mpi/*.c) # a program of its own, fsnn-mpi
set(loader ${PROJECT_SOURCE_DIR}/cli/alone/loader.c) # of FSNN_LINK=alone
list(REMOVE_ITEM cli ${kit} ${mpi} ${loader})
if(FSNN_LINK MATCHES "^(static|alone)$")
    set(fsnn_linked fsnn_static)
elseif(FSNN_LINK STREQUAL "shared")
    set(fsnn_linked fsnn)
else()
    message(FATAL_ERROR "FSNN_LINK is \"${FSNN_LINK}\": static, shared and alone are possible")
endif()
if(FSNN_CLI OR FSNN_BENCH)
    add_library(fsnn_kit STATIC ${kit})
    target_include_directories(fsnn_kit PUBLIC ${PROJECT_SOURCE_DIR})
    target_link_libraries(fsnn_kit PUBLIC ${fsnn_linked})
endif()

# Where programs that commands start are installed, and the way there from the program fsnn (cli/start.c).
include(GNUInstallDirs)
set(helper_directory ${CMAKE_INSTALL_LIBEXECDIR}/fsnn)
file(RELATIVE_PATH way_to_programs ${CMAKE_INSTALL_FULL_BINDIR} ${CMAKE_INSTALL_FULL_LIBEXECDIR}/fsnn)
if(FSNN_CLI)
    set(main ${PROJECT_SOURCE_DIR}/cli/main.c)
    list(REMOVE_ITEM cli ${main})
    add_library(fsnn_commands OBJECT ${cli}) # fuzz targets call into them
    target_link_libraries(fsnn_commands PUBLIC fsnn_kit fsnn_dependencies) # `inspect` reads gzip
    add_executable(fsnn_cli ${main})
    set_target_properties(fsnn_cli PROPERTIES OUTPUT_NAME fsnn)
    target_link_libraries(fsnn_cli PRIVATE fsnn_commands fsnn_kit)
    if(FSNN_LINK STREQUAL "alone")
        target_sources(fsnn_cli PRIVATE ${loader})
        target_link_options(fsnn_cli PRIVATE -static LINKER:--wrap=dlopen,--wrap=dlsym,--wrap=dlclose,--wrap=dlerror)
        set_source_files_properties(${PROJECT_SOURCE_DIR}/cli/doctor/doctor.c PROPERTIES COMPILE_DEFINITIONS FSNN_ALONE)
    endif()
    set_source_files_properties(${PROJECT_SOURCE_DIR}/cli/start.c
                                PROPERTIES COMPILE_DEFINITIONS FSNN_PROGRAMS="${way_to_programs}")
    if(FSNN_HAVE_MPI)
        add_executable(fsnn_mpi ${mpi})
        set_target_properties(fsnn_mpi PROPERTIES OUTPUT_NAME fsnn-mpi)
        target_link_libraries(fsnn_mpi PRIVATE fsnn_commands fsnn_kit MPI::MPI_C)
    endif()
endif()

# fsnn-bench, which `fsnn bench` starts: the standard workloads.
file(GLOB suite CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/bench/suite/*.c)
if(FSNN_BENCH)
    add_executable(fsnn_suite ${suite})
    set_target_properties(fsnn_suite PROPERTIES OUTPUT_NAME fsnn-bench)
    target_link_libraries(fsnn_suite PRIVATE fsnn_kit fsnn_dependencies) # its floors call the dense kernels
    execute_process(COMMAND git -C ${PROJECT_SOURCE_DIR} describe --always --dirty
                    OUTPUT_VARIABLE commit OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE failed)
    if(commit AND NOT failed)
        set_source_files_properties(${PROJECT_SOURCE_DIR}/bench/suite/suite_print.c
                                    PROPERTIES COMPILE_DEFINITIONS FSNN_COMMIT="${commit}")
    endif()
endif()

# Programs that are linked with libfsnn.so find it from their own place: an installed tree may be moved.
function(fsnn_find_library_from folder)
    file(RELATIVE_PATH way ${folder} ${CMAKE_INSTALL_FULL_LIBDIR})
    foreach(target IN LISTS ARGN)
        if(TARGET ${target} AND FSNN_LINK STREQUAL "shared")
            set_target_properties(${target} PROPERTIES INSTALL_RPATH "$ORIGIN/${way}")
        endif()
    endforeach()
endfunction()
fsnn_find_library_from(${CMAKE_INSTALL_FULL_BINDIR} fsnn_cli fsnn_mpi)
fsnn_find_library_from(${CMAKE_INSTALL_FULL_LIBEXECDIR}/fsnn fsnn_suite)

# The manual pages that the program's tables say: build/man. A program for another machine runs in its emulator, if there is one.
if(FSNN_CLI AND (NOT CMAKE_CROSSCOMPILING OR CMAKE_CROSSCOMPILING_EMULATOR))
    file(GLOB manual_parts CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/man/*)
    set(manual_mpi no)
    if(TARGET fsnn_mpi)
        set(manual_mpi yes)
    endif()
    set(manual_suite)
    if(TARGET fsnn_suite)
        set(manual_suite fsnn_suite)
    endif()
    add_custom_command(OUTPUT man/fsnn-description.5
                       COMMAND sh ${PROJECT_SOURCE_DIR}/man/pages.sh ${PROJECT_BINARY_DIR}/man ${manual_mpi}
                               ${CMAKE_CROSSCOMPILING_EMULATOR} $<TARGET_FILE:fsnn_cli>
                       DEPENDS fsnn_cli ${manual_suite} ${manual_parts} COMMENT "Manual pages" VERBATIM)
    add_custom_target(fsnn_manual ALL DEPENDS man/fsnn-description.5)
endif()

# One program a file, named PREFIX_FILE; the list of names goes to `list`.
function(fsnn_programs folder pattern prefix list)
    file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/${folder}/${pattern})
    set(names)
    foreach(source IN LISTS sources)
        get_filename_component(name ${source} NAME_WE)
        list(APPEND names ${name})
        if(NOT name MATCHES "^${prefix}_")
            set(target ${prefix}_${name})
        else()
            set(target ${name})
        endif()
        add_executable(${target} ${source})
        target_link_libraries(${target} PRIVATE fsnn_static)
        set_target_properties(${target} PROPERTIES RUNTIME_OUTPUT_DIRECTORY
                                                   ${PROJECT_BINARY_DIR}/${folder})
    endforeach()
    set(${list} ${names} PARENT_SCOPE)
endfunction()

set(examples)
if(FSNN_EXAMPLES)
    fsnn_programs(examples "[0-9][0-9]_*.c" example examples)
endif()
if(FSNN_BENCH)
    fsnn_programs(bench "*.c" bench benches)
endif()

# What `make` builds and `make install` installs: the libraries and the programs.
add_custom_target(fsnn_products DEPENDS fsnn fsnn_static fsnn_core)
foreach(target fsnn_cli fsnn_mpi fsnn_suite fsnn_manual)
    if(TARGET ${target})
        add_dependencies(fsnn_products ${target})
    endif()
endforeach()
