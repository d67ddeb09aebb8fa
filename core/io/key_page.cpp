// The page of all keys that a site, plate, module or network file may hold.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/io/site_writer.hpp"
#include "core/site/walk.hpp"

namespace coldsun {

namespace {

const Unit& shown_unit(Quantity q) {
  const bool people = q == Quantity::angle || q == Quantity::irradiation;  // not as SI has it
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
  std::string text = k.form == Rule::count ? fmt::format("whole, {}", k.range.text()) : k.range.text(scale, offset);
  if (const std::string usual = k.range.usual_text(scale, offset); !usual.empty()) text += "; usual " + usual;
  if (std::holds_alternative<Monthly*>(s.at)) text += "; 12 months";
  if (std::holds_alternative<Hourly*>(s.at)) text += "; one or 24 hours";
  if (k.most)
    text +=
        k.least == k.most ? fmt::format("; {} numbers", k.most) : fmt::format("; {} to {} numbers", k.least, k.most);
  return u ? fmt::format("{} [{}]", text, u->symbol) : text;
}

std::string default_of(const Key& k) {
  if (k.optional) return "may be left out";
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
          out += fmt::format("\n### {}\n\n| key | accepted | left out | meaning |\n|---|---|---|---|\n", head);
        }
        const Key& k = s.key;
        std::string key =
            k.quantity ? fmt::format("`{}_` {}", k.key, suffixes(*k.quantity)) : fmt::format("`{}`", k.key);
        out += fmt::format("| {} | {} | {} | {}{} |\n", key, accepted(k, s), default_of(k), k.meaning,
                           k.is_label       ? " (label)"
                           : k.only_checked ? " (checks other values alone)"
                                            : "");
      },
      true);
  return out;
}

}  // namespace

std::string key_page() {
  std::string out =
      "# Every key of a site\n\n"
      "Generated from the lists in `core/site` (`coldsun keys`); a test keeps it true. A key of a quantity ends in its "
      "unit: `ua_kw_per_k`. What is\n"
      "outside of the accepted range is refused, outside of the usual part doubted. A label changes no result.\n";
  out += rows<Site>("Sites", "`data/sites`, or a file of your own.");
  out += "\nParameters of studies:\n\n| parameter | unit | accepted | meaning |\n|---|---|---|---|\n";
  for (const ParameterInfo& p : parameter_table)
    out += fmt::format("| `{}` | {} | {:g} to {:g} | {} |\n", p.name, p.unit, p.least, p.most, p.meaning);
  out += rows<PlateClass>("Plates", "`data/plates`, or beside the site's file.");
  out += rows<PvModule>("Modules", "`data/modules`, or beside the site's file.");
  out += rows<Network>("Networks", "`data/networks`, or a file of your own.");
  return out;
}

}  // namespace coldsun
