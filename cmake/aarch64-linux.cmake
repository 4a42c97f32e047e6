# Toolchain for arm64 Linux from another processor: Debian's cross compiler, and qemu to run what is built, tests too
# (tools/install-deps.sh --packages).
#   cmake --preset arm64 && cmake --build --preset arm64 && ctest --test-dir build-arm64
# FSNN_ARM64_ROOT: a folder where libraries of arm64 are unpacked (tests/long/arm64.sh does that with CMocka); empty: those of the
# compiler alone.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_C_COMPILER aarch64-linux-gnu-gcc)
set(CMAKE_CXX_COMPILER aarch64-linux-gnu-g++)
set(CMAKE_TRY_COMPILE_PLATFORM_VARIABLES FSNN_ARM64_ROOT)
set(FSNN_ARM64_ROOT "" CACHE PATH "Where libraries of arm64 are unpacked")
set(CMAKE_FIND_ROOT_PATH /usr/aarch64-linux-gnu ${FSNN_ARM64_ROOT} ${FSNN_ARM64_ROOT}/usr)
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(ENV{PKG_CONFIG_LIBDIR} ${FSNN_ARM64_ROOT}/usr/lib/aarch64-linux-gnu/pkgconfig)
set(ENV{PKG_CONFIG_SYSROOT_DIR} ${FSNN_ARM64_ROOT})
find_program(FSNN_QEMU NAMES qemu-aarch64 qemu-aarch64-static)
if(FSNN_QEMU)
    set(CMAKE_CROSSCOMPILING_EMULATOR ${FSNN_QEMU} -L /usr/aarch64-linux-gnu -E
                                      LD_LIBRARY_PATH=${FSNN_ARM64_ROOT}/usr/lib/aarch64-linux-gnu)
endif()
