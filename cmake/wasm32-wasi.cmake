# Toolchain for WebAssembly with WASI: clang, wasm-ld and wasi-libc, as Debian packages them (tools/install-deps.sh --deploy).
#   cmake --preset wasm && cmake --build --preset wasm
# Vectors of 128 bits are in every browser since 2023 and in node since version 16; -DFSNN_WASM_FLAGS= does without.
set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_SYSTEM_PROCESSOR wasm32)
set(CMAKE_C_COMPILER clang)
set(CMAKE_C_COMPILER_TARGET wasm32-wasi)
set(CMAKE_EXECUTABLE_SUFFIX_C .wasm)
set(FSNN_WASM_FLAGS -msimd128 CACHE STRING "Features of WebAssembly")
set(CMAKE_C_FLAGS_INIT ${FSNN_WASM_FLAGS})
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
# what a build of the core is by default here
set(FSNN_CORE_ONLY ON CACHE BOOL "Build libfsnn_core alone: a C compiler and libm, no other library")
set(CMAKE_EXE_LINKER_FLAGS_INIT "-Wl,-z,stack-size=1048576 -Wl,--stack-first") # docs/embedding.md
