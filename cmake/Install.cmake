# make install: headers, libraries, programs, manual pages, CMake package, pkg-config file.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

install(TARGETS fsnn_core EXPORT fsnnTargets)
if(TARGET fsnn)
    set_target_properties(fsnn PROPERTIES EXPORT_NAME fsnn)
    set_target_properties(fsnn_static PROPERTIES EXPORT_NAME static)
    install(TARGETS fsnn fsnn_static EXPORT fsnnTargets)
endif()
install(DIRECTORY include/fsnn TYPE INCLUDE FILES_MATCHING PATTERN "*.h")

set(package ${CMAKE_INSTALL_LIBDIR}/cmake/fsnn)
install(EXPORT fsnnTargets NAMESPACE fsnn:: DESTINATION ${package})
write_basic_package_version_file(fsnnConfigVersion.cmake COMPATIBILITY SameMinorVersion)
configure_package_config_file(cmake/fsnnConfig.cmake.in fsnnConfig.cmake
                              INSTALL_DESTINATION ${package})
install(FILES ${PROJECT_BINARY_DIR}/fsnnConfig.cmake ${PROJECT_BINARY_DIR}/fsnnConfigVersion.cmake
        DESTINATION ${package})

# What belongs to the whole of fsnn: programs, manual pages, examples, pkg-config.
if(FSNN_CORE_ONLY)
    return()
endif()
if(TARGET fsnn_cli)
    install(TARGETS fsnn_cli)
endif()
if(TARGET fsnn_mpi)
    install(TARGETS fsnn_mpi)
endif()
if(TARGET fsnn_suite)
    install(TARGETS fsnn_suite RUNTIME DESTINATION ${helper_directory})
endif()
file(GLOB manual CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/man/*.1)
if(manual)
    install(FILES ${manual} DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
endif()
if(TARGET fsnn_manual) # one of each command and of the description file (cmake/Programs.cmake)
    install(DIRECTORY ${PROJECT_BINARY_DIR}/man/ DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 FILES_MATCHING PATTERN "*.1")
    install(DIRECTORY ${PROJECT_BINARY_DIR}/man/ DESTINATION ${CMAKE_INSTALL_MANDIR}/man5 FILES_MATCHING PATTERN "*.5")
endif()
if(TARGET fsnn_cli) # what shells complete
    install(FILES completions/fsnn.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME fsnn)
    install(FILES completions/_fsnn DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions)
    install(FILES completions/fsnn.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
    if(TARGET fsnn_mpi) # bash and fish look for a file of a command's name
        install(FILES completions/fsnn.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME fsnn-mpi)
        install(FILES completions/fsnn.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d RENAME fsnn-mpi.fish)
    endif()
endif()

install(DIRECTORY examples DESTINATION ${CMAKE_INSTALL_DATADIR}/fsnn
        FILES_MATCHING PATTERN "*.yaml" PATTERN "*.c" PATTERN "*.py")

list(TRANSFORM private_libraries REPLACE "^([^/].*)$" "-l\\1" OUTPUT_VARIABLE PRIVATE_LIBRARIES)
list(JOIN PRIVATE_LIBRARIES " " PRIVATE_LIBRARIES)
# Relative to the .pc file: the tree may be moved, and `cmake --install --prefix` may differ from the configured one.
file(RELATIVE_PATH PREFIX_FROM_PC /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
string(REGEX REPLACE "/$" "" PREFIX_FROM_PC "${PREFIX_FROM_PC}")
configure_file(cmake/fsnn.pc.in fsnn.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/fsnn.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
