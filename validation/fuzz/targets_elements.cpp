// Element sets: what is accepted is an orbit of a date that can be, and SGP4 starts from it or says why not.
#include <cmath>
#include <fstream>
#include <iterator>

#include "core/site/text.hpp"
#include "orbit/elements.hpp"
#include "orbit/remark.hpp"
#include "targets.hpp"

namespace coldsun::fuzz {

namespace {

// The verification set's first (Vallado et al. 2006, doi 10.2514/6.2006-6753) and one with an alpha-5 number and a
// name.
constexpr char tle[] =
    "1 00005U 58002B   00179.78495062  .00000023  00000-0  28098-4 0  4753\n"
    "2 00005  34.2682 348.7242 1859667 331.7664  19.3264 10.82419157413667\n"
    "ISS (ZARYA)\n"
    "1 25544U 98067A   08264.51782528 -.00002182  00000-0 -11606-4 0  2927\n"
    "2 25544  51.6416 247.4627 0006703 130.5360 325.0288 15.72125391563537\n";

void check(const orbit::ElementSet& e) {
  const auto& m = e.mean;
  constexpr Time year = static_cast<Time>(365.25 * 86400e9);
  const double year_of = 1970.0 + static_cast<double>(m.epoch) / static_cast<double>(year);
  const auto say = [](const char* what, double value) {
    throw Complaint(std::string(what) + " = " + std::to_string(value) + " is taken");
  };
  if (!(year_of > 1677 &&
        year_of <
            2263))  // what parse_utc holds; far from its run an epoch is warned of say("an epoch in year", year_of);
    if (!(m.eccentricity >= 0 && m.eccentricity < 1)) say("an eccentricity", m.eccentricity);
  if (!(m.inclination >= 0 && m.inclination <= 3.1416)) say("an inclination in rad", m.inclination);
  if (!(m.mean_motion > 0 && m.mean_motion < 20 * 6.2832 / 86400)) say("a mean motion", m.mean_motion);
  for (const double x : {m.bstar, m.ra_of_asc_node, m.arg_of_pericenter, m.mean_anomaly})
    if (!std::isfinite(x)) say("an element", x);
  if (e.norad_cat_id < 0 || e.norad_cat_id > 999'999'999)
    say("a catalogue number", static_cast<double>(e.norad_cat_id));
}

}  // namespace

Target elements_target(std::string_view name, const std::filesystem::path& data) {
  if (name != "tle" && name != "omm")
    throw std::runtime_error("no target is called \"" + std::string(name) +
                             "\"; accepted: site, network, plate, module, shell, jobs, tle, omm");
  const bool lines = name == "tle";
  std::ifstream in(data / "constellations" / "three_body.csv", std::ios::binary);
  const std::string omm{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  const auto take = [lines](const Input& input) {
    orbit::ElementFile file;
    try {
      file = lines ? orbit::read_tle(input.text) : orbit::read_omm_csv(input.text);
    } catch (const std::invalid_argument& e) {
      check_sentence(clean(e.what()).c_str());
      return false;
    }
    for (const orbit::ElementSet& e : file.set) check(e);
    for (const std::string& sentence : orbit::sentences(file.remark, 8)) check_sentence(clean(sentence).c_str());
    return !file.set.empty();
  };
  return {name,
          {lines ? std::string(tle) : omm},
          {"1 ",
           "2 ",
           "0 ",
           "\r\n",
           "\n",
           ",",
           "\"",
           "EPOCH",
           "MEAN_MOTION",
           "OBJECT_NAME",
           "#",
           " ",
           "+",
           "-",
           ".",
           "\xef\xbb\xbf",
           "T",
           "Z",
           "9026-01-01T00:00:00",
           "2026-02-30T24:60:61",
           "A0001",
           "99999-9",
           "\0"},
          take};
}

}  // namespace coldsun::fuzz
