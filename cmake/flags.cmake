# Compile flags, held by two interface targets: coldsun_flags (what our code needs) and coldsun_warnings (errors in our own code only).
# The same host flags go through nvcc, so that both compilers of one program agree on every inline function.

set(host_flags -ffp-contract=off -fno-math-errno -fno-trapping-math -fopenmp)
if(COLDSUN_ARCH STREQUAL "native")
  list(APPEND host_flags -march=native)
elseif(COLDSUN_ARCH STREQUAL "baseline")
  list(APPEND host_flags -march=x86-64-v3)
else()
  message(FATAL_ERROR "COLDSUN_ARCH = ${COLDSUN_ARCH}; accepted: native, baseline")
endif()
set(CMAKE_CXX_FLAGS_RELEASE "-O3 -DNDEBUG")
set(CMAKE_CXX_FLAGS_DEBUG "-Og -g")
set(warning_flags -Wall -Wextra -Wshadow)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  list(APPEND warning_flags -Wno-restrict)  # false alarms in std::string (GCC bug 105651)
endif()

# ccache where present. What -march=native stands for is part of the key, and paths are relative to the source folder,
# so that another clone hits and another processor does not.
find_program(COLDSUN_CCACHE ccache)
if(COLDSUN_CCACHE)
  execute_process(COMMAND ${CMAKE_CXX_COMPILER} -march=native -Q --help=target OUTPUT_VARIABLE target_help ERROR_QUIET)
  string(MD5 processor "${target_help}")
  set(launcher env "CCACHE_BASEDIR=${PROJECT_SOURCE_DIR}" "CCACHE_NAMESPACE=coldsun-${processor}" CCACHE_MAXSIZE=10G ${COLDSUN_CCACHE})
  foreach(language C CXX CUDA)
    set(CMAKE_${language}_COMPILER_LAUNCHER ${launcher})
  endforeach()
endif()

add_library(coldsun_flags INTERFACE)
target_include_directories(coldsun_flags INTERFACE "$<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/kernels;${PROJECT_SOURCE_DIR}>"
                           $<INSTALL_INTERFACE:include/coldsun>)
target_compile_features(coldsun_flags INTERFACE cxx_std_20)
target_compile_options(coldsun_flags INTERFACE "$<$<COMPILE_LANGUAGE:CXX>:${host_flags}>")
target_link_options(coldsun_flags INTERFACE -fopenmp)
find_package(Threads REQUIRED)
target_link_libraries(coldsun_flags INTERFACE Threads::Threads)
if(COLDSUN_PORTABLE)
  target_link_options(coldsun_flags INTERFACE -static-libstdc++ -static-libgcc -Wl,-rpath,$ORIGIN/lib)
  set(CMAKE_BUILD_RPATH "$ORIGIN/lib")
  target_sources(coldsun_flags INTERFACE "${PROJECT_SOURCE_DIR}/cmake/portable.cpp")
endif()

add_library(coldsun_warnings INTERFACE)
target_compile_options(coldsun_warnings INTERFACE "$<$<COMPILE_LANGUAGE:CXX>:${warning_flags};-Wpedantic;-Werror>")

# ---- CUDA --------------------------------------------------------------------------------------------------------------
if(COLDSUN_CUDA)
  if(NOT CMAKE_CUDA_ARCHITECTURES)
    set(CMAKE_CUDA_ARCHITECTURES 90)  # sm_90 and its PTX, so that newer GPUs run it too
  endif()
  if(NOT CMAKE_CUDA_COMPILER AND NOT DEFINED ENV{CUDACXX})
    find_program(nvcc nvcc HINTS /usr/local/cuda/bin)
    if(nvcc)
      set(CMAKE_CUDA_COMPILER "${nvcc}")
    endif()
  endif()
  enable_language(CUDA)
  set(CMAKE_CUDA_STANDARD 20)
  set(CMAKE_CUDA_STANDARD_REQUIRED ON)
  set(CMAKE_CUDA_RUNTIME_LIBRARY Static)  # starts, and says so politely, on a machine without a driver
  set(CMAKE_CUDA_FLAGS_RELEASE "-O3 -DNDEBUG")
  # --fmad=false: a product and a sum round twice on the device as they do on the host (-ffp-contract=off); where one rounding is
  # wanted the code says std::fma. So a kernel differs between backends only in libm's last bits.
  list(JOIN host_flags "," host_list)
  target_compile_options(coldsun_flags INTERFACE
    "$<$<COMPILE_LANGUAGE:CUDA>:--expt-relaxed-constexpr;--fmad=false;-Xcompiler=${host_list}>")
  # Without -Wpedantic: nvcc's own line markers break it. 554: it asks after a conversion that its constraint has already taken away;
  # 1675: pragmas meant for the host's compiler; 177: it does not see a use in an OpenMP clause (g++ warns of the real ones).
  list(JOIN warning_flags "," warning_list)
  target_compile_options(coldsun_warnings INTERFACE
    "$<$<COMPILE_LANGUAGE:CUDA>:-Werror=all-warnings;--diag-suppress=177,554,1675;-Xcompiler=${warning_list}>")
  target_compile_definitions(coldsun_flags INTERFACE COLDSUN_CUDA=1)
endif()

# ---- Kokkos ------------------------------------------------------------------------------------------------------------
if(COLDSUN_KOKKOS)
  find_package(Kokkos 4.7 QUIET)
  if(NOT Kokkos_FOUND)
    find_package(Kokkos 5 REQUIRED)  # a package's version file may refuse another major
  endif()
  message(STATUS "coldsun: Kokkos ${Kokkos_VERSION}, devices ${Kokkos_DEVICES}")
  target_link_libraries(coldsun_flags INTERFACE Kokkos::kokkos)
  target_compile_definitions(coldsun_flags INTERFACE COLDSUN_KOKKOS=1)
endif()
