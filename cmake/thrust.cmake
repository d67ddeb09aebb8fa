# Thrust: headers only, for kernels/common/backends/primitives_*. From the CUDA toolkit where it is, else Debian's libthrust-dev, else the
# PyPI wheel nvidia-cuda-cccl in whose Python the build runs (its own CMake files look in the wrong folder).
if(NOT COLDSUN_THRUST)
  find_program(python_of_thrust NAMES python3 python)
  set(wheel "")
  if(python_of_thrust)
    execute_process(COMMAND ${python_of_thrust} -c "import nvidia.cu13 as n; print(list(n.__path__)[0])" OUTPUT_VARIABLE wheel
                    OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  endif()
  set(toolkit "${CMAKE_CUDA_TOOLKIT_INCLUDE_DIRECTORIES}")
  find_path(COLDSUN_THRUST thrust/version.h
            HINTS ${toolkit} $ENV{CUDA_HOME}/include /usr/local/cuda/include /usr/include ${wheel}/include PATH_SUFFIXES cccl)
endif()
if(NOT COLDSUN_THRUST)
  message(FATAL_ERROR "coldsun: no Thrust headers; accepted: a CUDA toolkit, Debian's libthrust-dev, or pip install nvidia-cuda-cccl")
endif()
message(STATUS "coldsun: Thrust in ${COLDSUN_THRUST}")
set(thrust_host kernels/common/backends/primitives_host.cpp)
# its temporaries hold references to policies without state through null pointers
set(thrust_options -fno-sanitize=null)
if(NOT COLDSUN_THRUST STREQUAL "/usr/include")
  list(APPEND thrust_options -isystem "${COLDSUN_THRUST}")
endif()
set_source_files_properties(${thrust_host} PROPERTIES COMPILE_OPTIONS "${thrust_options}"
                            COMPILE_DEFINITIONS THRUST_DEVICE_SYSTEM=THRUST_DEVICE_SYSTEM_OMP)
