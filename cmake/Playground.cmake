# The playground's modules of WebAssembly: the core, what a page adds of other rooms, and the page's own C (playground/PAGE/*.c).
# tools/playground.sh packs them into pages.
fsnn_switch(FSNN_PLAYGROUND "Build the playground's modules (for WebAssembly: tools/playground.sh)" OFF)
if(NOT FSNN_PLAYGROUND)
    return()
endif()
if(NOT CMAKE_SYSTEM_PROCESSOR STREQUAL "wasm32")
    message(FATAL_ERROR "The playground is for WebAssembly: build it with tools/playground.sh, or give the toolchain file "
                        "cmake/wasm32-wasi.cmake")
endif()

# Patterns behind the page's name, within src/, are of files of other rooms that it needs.
function(fsnn_playground page)
    list(TRANSFORM ARGN PREPEND ${src}/)
    file(GLOB ${page}_files CONFIGURE_DEPENDS ${ARGN})
    fsnn_set(${page})
    fsnn_objects_of(objects ${${page}_once} ${${page}_single} ${${page}_double})
    set(playground_single ${playground_single} ${${page}_single} PARENT_SCOPE)
    file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/playground/${page}/*.c)
    add_executable(playground_${page} ${sources} ${objects})
    target_include_directories(playground_${page} PRIVATE ${PROJECT_SOURCE_DIR}) # cli/convert/web_options.h
    target_link_libraries(playground_${page} PRIVATE fsnn_core)
    target_link_options(playground_${page} PRIVATE -mexec-model=reactor -Wl,--strip-all)
    set_target_properties(playground_${page} PROPERTIES OUTPUT_NAME ${page}) # PAGE.wasm
endfunction()

fsnn_playground(neuron session/simulate.c session/simulate_current.c session/simulate_rates.c session/table.c)
fsnn_playground(train train/plane*.c train/shards_real.c train/loss*.c train/optimizer*.c)
