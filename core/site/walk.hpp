// Every key of a site one after the other, whatever part it stands in; and one key changed by its path.
#pragma once
#include <functional>
#include <variant>

#include "core/site/site.hpp"

namespace coldsun {

/// A key of one site: its line, where its value stands, and in which table: "cooling.cdu", "hall.node[h200]", "" at the
/// head.
struct Slot {
  std::string table;
  Key key;
  std::variant<Real*, int*, bool*, std::string*, Monthly*, Hourly*, std::vector<Real>*, std::vector<std::string>*,
               Time*>
      at;
  std::string path() const { return table.empty() ? key.key : table + "." + key.key; }
};
using Visit = std::function<void(const Slot&)>;

// In the order of the lists. Tables that are left out are skipped, or with `all` visited as if they stood there, lists
// of tables with one element. A site's plates and modules have files of their own: walk_named, as
// "plate[gpu_700w].length".
void walk(Site& site, const Visit& visit, bool all = false);
void walk(Network& network, const Visit& visit, bool all = false);
void walk(PlateClass& plate, const Visit& visit, bool all = false);
void walk(PvModule& module, const Visit& visit, bool all = false);
void walk_named(Site& site, const Visit& visit);

/// A value as it comes from outside, SI: monthly values and 24 hours are lists; an instant is nanoseconds since 1970.
using KeyValue = std::variant<bool, std::int64_t, Real, std::string, std::vector<Real>, std::vector<std::string>>;
KeyValue value_of(const Slot& slot);
/// As the value would be written, in SI.
std::string text_of(const KeyValue& value);

/// The SI value of that path; std::invalid_argument names the nearest known path.
KeyValue get_key(const Site& site, std::string_view path);
/// Sets it, counted as assumed with `why` behind it. Refused with the sentence of the reader where the value is outside
/// its range or of another kind (std::invalid_argument). Relations between keys are the reader's: io::checked.
void set_key(Site& site, std::string_view path, const KeyValue& value, std::string_view why);

/// The value of that key, which may be named without its unit; nullptr: none.
Provenance* value_named(std::vector<Provenance>& all, std::string_view key);
/// The unit suffix that a provenance's key carries, or the quantity's SI unit, or its first one.
const Unit& unit_of(const Provenance* p, const Slot& slot);

}  // namespace coldsun
