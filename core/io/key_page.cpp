// The page of all keys that a site, plate, module or network file may hold.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/io/site_writer.hpp"
#include "core/site/walk.hpp"

namespace coldsun {

namespace {

const Unit& shown_unit(Quantity q) {
  const bool people = q == Quantity::angle || q == Quantity::irradiation;  // deg and kWh/m2 rather than SI
  const Unit* best = nullptr;
  for (const Unit& u : units())
    if (u.quantity == q && (!best || u.offset != 0 || (u.scale == 1 && best->offset == 0 && !people))) best = &u;
  return *best;
}

std::string accepted(const Key& k, const Slot& s) {
  if (!k.said.empty()) return k.said;
  if (!k.accepted.empty()) return fmt::format("{}", fmt::join(k.accepted, ", "));
  switch (k.form) {
    case Rule::flag:
      return "true, false";
    case Rule::name:
      return "letters, digits, `._-`";
    case Rule::text:
      return "text";
    case Rule::texts:
      return "list of names";
    case Rule::instant:
      return "UTC instant";
    default:
      break;
  }
  const Unit* u = k.quantity ? &shown_unit(*k.quantity) : nullptr;
  const Real scale = u ? u->scale : 1, offset = u ? u->offset : 0;
  std::string text =
      k.form == Rule::count ? fmt::format("whole number, {}", k.range.text()) : k.range.text(scale, offset);
  if (const std::string usual = k.range.usual_text(scale, offset); !usual.empty()) text += "; usual " + usual;
  if (std::holds_alternative<Monthly*>(s.at)) text += "; 12 months";
  if (std::holds_alternative<Hourly*>(s.at)) text += "; one, or 24 hours";
  if (k.most)
    text +=
        k.least == k.most ? fmt::format("; {} numbers", k.most) : fmt::format("; {} to {} numbers", k.least, k.most);
  return u ? fmt::format("{} [{}]", text, u->symbol) : text;
}

std::string default_of(const Key& k) {
  if (k.optional) return "optional";
  if (!k.usually) return "";
  const std::size_t colon = k.source.find(": ");
  return k.source.substr(colon == std::string::npos ? 0 : colon + 2);
}

template <class P>
std::string rows(const char* title, const char* where) {
  std::string out = fmt::format("\n## {}\n\n{}\n", title, where), table = "-";
  P part;
  walk(
      part,
      [&](const Slot& s) {
        if (s.table.starts_with("study.") && !s.table.starts_with("study.outage_median"))
          return;  // all have the same keys
        if (s.table != table) {
          table = s.table;
          const std::size_t tag = table.find('[');
          std::string head = table.empty()              ? "at the head of the file"
                             : tag == std::string::npos ? fmt::format("`[{}]`", table)
                                                        : fmt::format("`[[{}]]`", table.substr(0, tag));
          if (table == "study.outage_median") head = "`[study.PARAMETER]`, in the parameter's unit";
          out += fmt::format("\n### {}\n\n| key | accepted | default | meaning |\n|---|---|---|---|\n", head);
        }
        const Key& k = s.key;
        std::string key =
            k.quantity ? fmt::format("`{}_` {}", k.key, suffixes(*k.quantity)) : fmt::format("`{}`", k.key);
        out += fmt::format("| {} | {} | {} | {}{} |\n", key, accepted(k, s), default_of(k), k.meaning,
                           k.is_label       ? " (label)"
                           : k.only_checked ? " (used in checks only)"
                                            : "");
      },
      true);
  return out;
}

}  // namespace

std::string key_page() {
  std::string out =
      "# Every key of a site\n\n"
      "Generated from the lists in `core/site` (`coldsun keys`); a test compares. The key of a quantity ends in its "
      "unit: "
      "`ua_kw_per_k`. A value outside\n"
      "the accepted range is refused; outside its usual part it is accepted with a note. A label changes no result.\n";
  out += rows<Site>("Sites", "In `data/sites`, or a file of your own.");
  out += "\nParameters of studies:\n\n| parameter | unit | accepted | meaning |\n|---|---|---|---|\n";
  for (const ParameterInfo& p : parameter_table)
    out += fmt::format("| `{}` | {} | {:g} to {:g} | {} |\n", p.name, p.unit, p.least, p.most, p.meaning);
  out += rows<PlateClass>("Plates", "In `data/plates` or beside the site file.");
  out += rows<PvModule>("Modules", "In `data/modules` or beside the site file.");
  out += rows<Network>("Networks", "In `data/networks`, or a file of your own.");
  return out;
}

}  // namespace coldsun
