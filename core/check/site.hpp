// The compiled-in site: an eighth of a one-megawatt hall, for programs that read no file. Its figures are those of the shipped Atacama
// pilot (data/sites/atacama.toml has their sources), scaled; its satellites are two Walker shells.
#pragma once
#include "core/make_system.hpp"

namespace coldsun {

Network check_network();
Library check_library();
Time check_start();   // a clear morning: sun, battery, queue and outages are all at work within the hour

}  // namespace coldsun
