// Link of one site: outage process at slot boundaries, serving satellite, round trip, next event. Pure functions of
// time. An outage belongs to the boundary that starts slot k. With the site's probability it starts `offset` after that
// boundary (measured: -0.18 s, before it) and lasts a lognormal time, at most a slot, so that outages of two boundaries
// never overlap. It acts alike with and without a handover. A slot without a satellite is down from its start to its
// end. Random numbers: Stream::link, entity = site, index = slot number since 1970, draw 0 = occurrence, draw 1 =
// length.
#pragma once
#include "common/philox.hpp"
#include "orbit/handover.hpp"

namespace coldsun::orbit {

struct OutageLaw {
  Real probability = 0, median = 0, sigma = 0, offset = 0;  // [1], [s], [1], [s] with |offset| < half a slot
};
struct Outage {
  Time start = 0, stop = 0;  // [start, stop); start == stop: none
};

COLDSUN_FN Outage outage_at(const Chance& chance, const OutageLaw& law, Time k) {
  const Time start = slot_start(k) + nanoseconds(law.offset);
  const auto index = static_cast<std::uint32_t>(k);
  if (!(chance.uniform(index, 0) < law.probability)) return {start, start};
  const Real length = law.median * math::exp(law.sigma * chance.normal(index, 1));
  const Real longest = seconds(slot_length);
  return {start, start + nanoseconds(length < longest ? length : longest)};
}

// Round trip to the serving satellite and back; `delay`: round-trip time beyond it (inter-satellite links, gateway,
// processing) [s].
COLDSUN_FN Real round_trip(Real slant_range, Real delay) {
  return 2.0 * slant_range / constants::speed_of_light + delay;
}

COLDSUN_FN Time overlap(Time a, Time b, Time c, Time d) {
  const Time lo = a > c ? a : c, hi = b < d ? b : d;
  return hi > lo ? hi - lo : 0;
}

// The link of one (member, site). `shift`: the member's delay of windows; slot k has the satellite that the table has
// `shift` earlier.
struct Link {
  Chance chance;
  OutageLaw law;
  SlotView slots;
  int site = 0;
  Time shift = 0;

  // Column of slot k, -1 outside the table.
  COLDSUN_FN int column(Time k) const {
    const Time c = slot_number(slot_start(k) - shift) - slots.first;
    return c >= 0 && c < slots.n_slot ? static_cast<int>(c) : -1;
  }
  COLDSUN_FN int satellite(Time k) const {
    const int c = column(k);
    return c < 0 ? -1 : slots.satellite(site, c);
  }
  COLDSUN_FN bool served(Time k) const { return satellite(k) >= 0; }
  COLDSUN_FN bool handover(Time k) const {  // another satellite than in slot k - 1, or one after none
    const int c = column(k);
    return c > 0 && slots.reconfiguration(site, c) != 0;
  }
  COLDSUN_FN Outage outage(Time k) const { return outage_at(chance, law, k); }
  COLDSUN_FN bool up(Time t) const {
    if (!served(slot_number(t))) return false;
    return t >= outage(slot_number(t - nanoseconds(law.offset))).stop;
  }
  COLDSUN_FN Real round_trip_of(Time k, Real delay) const {
    const int c = column(k);
    return c < 0 || slots.satellite(site, c) < 0 ? 0.0 : round_trip(slots.slant_range(site, c), delay);
  }
  // Second boundary whose outage can lie in slot k, because of the offset; the first is the slot's own.
  COLDSUN_FN Time neighbour(Time k) const { return law.offset < 0 ? k + 1 : k - 1; }

  // Time without a link in [a, b): whole slots without a satellite, and the outages of the others. Exact in ns.
  COLDSUN_FN Time down_time(Time a, Time b) const {
    Time sum = 0;
    for (Time k = slot_number(a); slot_start(k) < b; ++k) {
      const Time lo = slot_start(k) > a ? slot_start(k) : a, hi = slot_start(k + 1) < b ? slot_start(k + 1) : b;
      if (!served(k)) {
        sum += hi - lo;
        continue;
      }
      const Outage own = outage(k), other = outage(neighbour(k));
      sum += overlap(own.start, own.stop, lo, hi) + overlap(other.start, other.stop, lo, hi);
    }
    return sum;
  }

  // Numbers of outages that start, and of handovers, in [a, b).
  COLDSUN_FN int outages_begun(Time a, Time b) const {
    const Time offset = nanoseconds(law.offset);
    int n = 0;
    for (Time k = slot_number(a - offset); slot_start(k) + offset < b; ++k) {
      const Outage o = outage(k);
      n += o.start >= a && o.stop > o.start && served(slot_number(o.start)) ? 1 : 0;
    }
    return n;
  }
  COLDSUN_FN int handovers(Time a, Time b) const {
    int n = 0;
    for (Time k = slot_number(a); slot_start(k) < b; ++k) n += slot_start(k) >= a && handover(k) ? 1 : 0;
    return n;
  }

  // First instant in (t, limit) at which the link goes down or up or its satellite changes; else limit.
  COLDSUN_FN Time next_event(Time t, Time limit) const {
    for (Time k = slot_number(t); slot_start(k) < limit; ++k) {
      Time next = limit;
      const Time boundary = slot_start(k + 1);
      if (handover(k + 1) || served(k) != served(k + 1)) next = boundary < next ? boundary : next;
      if (served(k)) {
        const Outage o[2] = {outage(k), outage(neighbour(k))};
        for (int i = 0; i < 2; ++i) {
          if (o[i].stop == o[i].start) continue;
          if (o[i].start > t && o[i].start >= slot_start(k) && o[i].start < boundary && o[i].start < next)
            next = o[i].start;
          if (o[i].stop > t && o[i].stop > slot_start(k) && o[i].stop <= boundary && o[i].stop < next &&
              (o[i].stop < boundary || served(k + 1)))
            next = o[i].stop;
        }
      }
      if (next < limit) return next;
    }
    return limit;
  }
};

// Contacts of one site, delayed by `shift`.
struct ContactLine {
  ContactsView contacts;
  int site = 0;
  Time shift = 0;

  // Row of the first contact that ends after t.
  COLDSUN_FN int row_after(Time t) const {
    return first_after(contacts.stop, contacts.first(site), contacts.first(site + 1), t - shift);
  }
  COLDSUN_FN bool in_contact(Time t) const {
    const int i = row_after(t);
    return i < contacts.first(site + 1) && contacts.start(i) <= t - shift;
  }
  COLDSUN_FN Time contact_time(Time a, Time b) const {
    Time sum = 0;
    for (int i = row_after(a); i < contacts.first(site + 1) && contacts.start(i) < b - shift; ++i)
      sum += overlap(contacts.start(i), contacts.stop(i), a - shift, b - shift);
    return sum;
  }
  COLDSUN_FN Time next_event(Time t, Time limit) const {
    const int i = row_after(t);
    if (i >= contacts.first(site + 1)) return limit;
    const Time edge = (contacts.start(i) > t - shift ? contacts.start(i) : contacts.stop(i)) + shift;
    return edge < limit ? edge : limit;
  }
};

}  // namespace coldsun::orbit
