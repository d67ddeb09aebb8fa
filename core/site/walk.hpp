// Visits every key of a site in order; reads or sets one key by its path.
#pragma once
#include <functional>
#include <variant>

#include "core/site/site.hpp"

namespace coldsun {

/// A key of one site: its line, the address of its value, and its table ("cooling.cdu", "hall.node[h200]"; "": head of
/// the file).
struct Slot {
  std::string table;
  Key key;
  std::variant<Real*, int*, bool*, std::string*, Monthly*, Hourly*, std::vector<Real>*, std::vector<std::string>*,
               Time*>
      at;
  std::string path() const { return table.empty() ? key.key : table + "." + key.key; }
};
using Visit = std::function<void(const Slot&)>;

// In the order of the lists. Tables that are left out are skipped; with `all` they are visited too, lists of tables
// with one element. Plates and modules have files of their own and are visited by walk_named
// ("plate[gpu_700w].length").
void walk(Site& site, const Visit& visit, bool all = false);
void walk(Network& network, const Visit& visit, bool all = false);
void walk(PlateClass& plate, const Visit& visit, bool all = false);
void walk(PvModule& module, const Visit& visit, bool all = false);
void walk_named(Site& site, const Visit& visit);

/// A value of any key, SI: monthly and hourly values are lists; an instant is nanoseconds since 1970.
using KeyValue = std::variant<bool, std::int64_t, Real, std::string, std::vector<Real>, std::vector<std::string>>;
KeyValue value_of(const Slot& slot);
/// The value as text, SI.
std::string text_of(const KeyValue& value);

/// The SI value at a path, of a site or of a network's own file; else std::invalid_argument with the nearest known
/// path.
KeyValue get_key(const Site& site, std::string_view path);
KeyValue get_key(const Network& network, std::string_view path);
/// Sets the value at a path; its origin becomes "assumed: why". Throws std::invalid_argument, worded as by the reader,
/// if the value is outside its range or of another type. Relations between keys are checked by check_network (io).
void set_key(Site& site, std::string_view path, const KeyValue& value, std::string_view why);
void set_key(Network& network, std::string_view path, const KeyValue& value, std::string_view why);

/// The value of a key, with or without its unit suffix; nullptr: none.
Provenance* value_named(std::vector<Provenance>& all, std::string_view key);
/// The unit in the key of a provenance, else the SI unit of the quantity, else its first unit.
const Unit& unit_of(const Provenance* p, const Slot& slot);

}  // namespace coldsun
