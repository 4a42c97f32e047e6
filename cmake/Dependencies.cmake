# What fsnn stands on. tools/install-deps.sh installs all of it on Debian and Ubuntu.
find_package(OpenMP REQUIRED COMPONENTS C)
find_package(Threads REQUIRED)
find_package(ZLIB REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(FYAML REQUIRED IMPORTED_TARGET libfyaml)
# Packets of AEDAT 4 recordings. Without them fsnn builds too, and says at such a packet what is missing.
pkg_check_modules(LZ4 IMPORTED_TARGET liblz4)
pkg_check_modules(ZSTD IMPORTED_TARGET libzstd)
pkg_check_modules(KISSFFT REQUIRED IMPORTED_TARGET kissfft-float)
pkg_search_module(HDF5 REQUIRED IMPORTED_TARGET hdf5-serial hdf5)

# oneDNN 2.x or 3.x, by header and library: its own CMake package asks for things that its users do not need.
find_path(DNNL_INCLUDE_DIR dnnl.h)
find_library(DNNL_LIBRARY NAMES dnnl)
if(NOT DNNL_INCLUDE_DIR OR NOT DNNL_LIBRARY)
    message(FATAL_ERROR "oneDNN (dnnl.h, libdnnl) is missing: run tools/install-deps.sh, or give "
                        "-DDNNL_INCLUDE_DIR=... -DDNNL_LIBRARY=...")
endif()
add_library(fsnn_dnnl INTERFACE)
target_include_directories(fsnn_dnnl SYSTEM INTERFACE ${DNNL_INCLUDE_DIR})
target_link_libraries(fsnn_dnnl INTERFACE ${DNNL_LIBRARY} stdc++)

# OpenMP stands first on the link line. oneDNN is mostly built against libgomp; clang's libomp offers libgomp's
# functions too, and being found first it serves both, so that there is one pool of threads and not two.
add_library(fsnn_dependencies INTERFACE)
target_link_libraries(fsnn_dependencies INTERFACE OpenMP::OpenMP_C fsnn_dnnl PkgConfig::FYAML
                                                  PkgConfig::KISSFFT PkgConfig::HDF5 ZLIB::ZLIB
                                                  Threads::Threads m)
foreach(packing LZ4 ZSTD)
    if(${packing}_FOUND)
        target_link_libraries(fsnn_dependencies INTERFACE PkgConfig::${packing})
        target_compile_definitions(fsnn_dependencies INTERFACE FSNN_HAVE_${packing})
    endif()
endforeach()
if(CMAKE_C_COMPILER_ID MATCHES "Clang")
    # the default --as-needed order must not drop or move libomp
    target_link_options(fsnn_dependencies INTERFACE LINKER:--no-as-needed)
endif()
