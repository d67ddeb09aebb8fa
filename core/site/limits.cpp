// Tests and texts of ranges.
#include "core/site/limits.hpp"

#include <fmt/format.h>

#include <cmath>

namespace coldsun {

std::string Limits::text(Real scale, Real offset) const {
  const auto show = [&](Real si) { return fmt::format("{:.6g}", (si - offset) / scale); };
  const bool low = std::isfinite(lo), high = std::isfinite(hi);
  if (low && high && !open_lo && !open_hi) return fmt::format("{} to {}", show(lo), show(hi));
  std::string s;
  if (low) s += fmt::format("{} {}", open_lo ? ">" : ">=", show(lo));
  if (high) s += fmt::format("{}{} {}", low ? " and " : "", open_hi ? "<" : "<=", show(hi));
  return s.empty() ? "a number" : s;
}

bool Limits::holds_about(Real x, Real slack) const {
  return holds(x) || (holds(x + slack) && !open_lo) || (holds(x - slack) && !open_hi);
}

bool Limits::is_usual(Real si, Real written) const {
  const Real slack = 1e-9 * std::fabs(si);
  if (written == 0 && zero_is_usual) return true;
  return si >= usual_lo - slack && si <= usual_hi + slack && (written == 0 || std::fabs(written) >= least * (1 - 1e-9));
}

std::string Limits::usual_text(Real scale, Real offset) const {
  Limits r = between(usual_lo, usual_hi);
  std::string s = std::isfinite(usual_lo) || std::isfinite(usual_hi) ? r.text(scale, offset) : "";
  if (least > 0) s += fmt::format("{}no nearer to 0 than {:.6g}", s.empty() ? "" : ", ", least / scale);
  return zero_is_usual || least > 0 ? "0 or " + s : s;
}

}  // namespace coldsun
