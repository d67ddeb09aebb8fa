# `cmake --install BUILD --component engine`: headers, static libraries, site data and a CMake package for other programs:
#   find_package(coldsun REQUIRED)
#   target_link_libraries(mine PRIVATE coldsun::engine)   # the coupled step; coldsun::io adds site files and records
include(CMakePackageConfigHelpers)
include(GNUInstallDirs)
set(package ${CMAKE_INSTALL_LIBDIR}/cmake/coldsun)
set(headers ${CMAKE_INSTALL_INCLUDEDIR}/coldsun)

set(installed coldsun_flags coldsun_build_info coldsun_kernels coldsun_engine)
if(COLDSUN_IO)
  list(APPEND installed coldsun_io_needs coldsun_io)
endif()
foreach(target ${installed})
  string(REPLACE coldsun_ "" name ${target})
  set_target_properties(${target} PROPERTIES EXPORT_NAME ${name})
  add_library(coldsun::${name} ALIAS ${target})  # the same names where coldsun is a sub-project
endforeach()
install(TARGETS ${installed} EXPORT coldsun COMPONENT engine
        ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT engine)
install(EXPORT coldsun NAMESPACE coldsun:: FILE targets.cmake DESTINATION ${package} COMPONENT engine)

set(patterns PATTERN "*.hpp" PATTERN "*.cuh")
install(DIRECTORY kernels/ DESTINATION ${headers} COMPONENT engine FILES_MATCHING ${patterns} PATTERN bench EXCLUDE)
install(DIRECTORY core DESTINATION ${headers} COMPONENT engine FILES_MATCHING ${patterns} PATTERN check EXCLUDE)
install(FILES "${PROJECT_BINARY_DIR}/generated/build_info.hpp" DESTINATION ${headers} COMPONENT engine)
install(DIRECTORY data/ DESTINATION ${CMAKE_INSTALL_DATADIR}/coldsun COMPONENT engine)

configure_package_config_file(cmake/config.cmake.in "${PROJECT_BINARY_DIR}/generated/coldsun-config.cmake"
  INSTALL_DESTINATION ${package} PATH_VARS CMAKE_INSTALL_DATADIR)
write_basic_package_version_file("${PROJECT_BINARY_DIR}/generated/coldsun-config-version.cmake" COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/generated/coldsun-config.cmake" "${PROJECT_BINARY_DIR}/generated/coldsun-config-version.cmake"
        DESTINATION ${package} COMPONENT engine)
