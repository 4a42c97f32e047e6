# The command line from cli/*.c, examples/NN_*.c and bench/*.c: users of the public headers, nothing else.
file(GLOB cli CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/cli/*.c)
if(FSNN_CLI AND cli)
    add_executable(fsnn_cli ${cli})
    set_target_properties(fsnn_cli PROPERTIES OUTPUT_NAME fsnn)
    target_link_libraries(fsnn_cli PRIVATE fsnn_static)
    target_include_directories(fsnn_cli PRIVATE ${PROJECT_SOURCE_DIR}) # bench/floor.h: floors of fsnn bench
    execute_process(COMMAND git -C ${PROJECT_SOURCE_DIR} describe --always --dirty
                    OUTPUT_VARIABLE commit OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE failed)
    if(commit AND NOT failed)
        set_source_files_properties(${PROJECT_SOURCE_DIR}/cli/bench_print.c
                                    PROPERTIES COMPILE_DEFINITIONS FSNN_COMMIT="${commit}")
    endif()
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
