# coldsun_fuzz: the parsers under attack, from their own sources alone, so that a build under the sanitizers is small (`make fuzz`).
if(COLDSUN_IO)
  file(GLOB fuzz_sources CONFIGURE_DEPENDS validation/fuzz/*.cpp core/io/site_reader*.cpp kernels/orbit/elements*.cpp kernels/orbit/read_*.cpp
    kernels/orbit/remark.cpp)
  add_executable(coldsun_fuzz EXCLUDE_FROM_ALL ${fuzz_sources} core/io/design.cpp core/io/proportions.cpp core/io/find_file.cpp core/io/library.cpp core/site_shadow.cpp
    core/text.cpp core/units.cpp kernels/common/memory.cpp kernels/ensemble/prior.cpp kernels/workload/statistics.cpp)
  target_link_libraries(coldsun_fuzz PRIVATE coldsun_flags coldsun_warnings coldsun_io_needs fmt::fmt)
endif()
