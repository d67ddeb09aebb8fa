# coldsun_fuzz: the parsers under attack, from their own sources alone, so that a build under the sanitizers is small (`make fuzz`).
if(COLDSUN_IO)
  file(GLOB fuzz_sources CONFIGURE_DEPENDS validation/fuzz/*.cpp core/io/site_reader*.cpp core/site/*.cpp kernels/orbit/elements*.cpp kernels/orbit/read_*.cpp)
  add_executable(coldsun_fuzz EXCLUDE_FROM_ALL ${fuzz_sources}
    core/io/design.cpp core/io/proportions.cpp core/io/find_file.cpp core/io/library.cpp core/make/make_thermal.cpp
    kernels/common/memory.cpp kernels/ensemble/prior.cpp kernels/orbit/flight.cpp kernels/orbit/remark.cpp
    kernels/thermal/fit_lumped.cpp kernels/thermal/thermal.cpp kernels/workload/statistics.cpp)
  target_link_libraries(coldsun_fuzz PRIVATE coldsun_flags coldsun_warnings coldsun_io_needs fmt::fmt)
endif()
