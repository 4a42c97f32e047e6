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

# The dense kernels. oneDNN is 2.x or 3.x, by header and library: its own CMake package asks for things that its users do
# not need. C++ is needed where its exceptions are caught and nowhere else.
add_library(fsnn_dense INTERFACE)
set(dense_libraries)
if(FSNN_DENSE STREQUAL "onednn")
    enable_language(CXX)
    find_path(DNNL_INCLUDE_DIR dnnl.h)
    find_library(DNNL_LIBRARY NAMES dnnl)
    if(NOT DNNL_INCLUDE_DIR OR NOT DNNL_LIBRARY)
        message(FATAL_ERROR "oneDNN (dnnl.h, libdnnl) is missing: run tools/install-deps.sh, or give "
                            "-DDNNL_INCLUDE_DIR=... -DDNNL_LIBRARY=..., or -DFSNN_DENSE=plain to do without it")
    endif()
    target_include_directories(fsnn_dense SYSTEM INTERFACE ${DNNL_INCLUDE_DIR})
    target_link_libraries(fsnn_dense INTERFACE ${DNNL_LIBRARY} stdc++)
    set(dense_libraries dnnl stdc++)
    target_compile_definitions(fsnn_dense INTERFACE FSNN_DENSE_ONEDNN)
elseif(NOT FSNN_DENSE STREQUAL "plain")
    message(FATAL_ERROR "FSNN_DENSE is \"${FSNN_DENSE}\": onednn and plain are possible")
endif()

# OpenMP stands first on the link line. oneDNN is mostly built against libgomp; clang's libomp offers libgomp's
# functions too, and being found first it serves both, so that there is one pool of threads and not two.
add_library(fsnn_dependencies INTERFACE)
target_link_libraries(fsnn_dependencies INTERFACE OpenMP::OpenMP_C fsnn_dense PkgConfig::FYAML
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
