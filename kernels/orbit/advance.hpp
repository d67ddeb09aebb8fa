// How links move over a cut, and when they change next: functors and their templates, instantiated per backend.
#pragma once
#include "common/loops.hpp"
#include "orbit/link.hpp"
#include "orbit/orbit.hpp"

namespace coldsun::orbit {

// The priors and tables of a (member, site) gathered into its Link and ContactLine.
struct Lines {
  SlotView slots;
  ContactsView contacts;
  View<const Real, 2> shift, probability, median, sigma;
  View<const std::uint32_t, 1> entity;
  View<const Real, 1> offset;
  std::uint64_t seed;
  std::uint32_t first_member;
  COLDSUN_FN Link link(int m, int site) const {
    return {Chance{seed, first_member + static_cast<std::uint32_t>(m), Stream::link, entity(site)},
            OutageLaw{probability(m, site), median(m, site), sigma(m, site), offset(site)}, slots, site,
            nanoseconds(shift(m, link_constellation))};
  }
  COLDSUN_FN ContactLine contact(int m, int site) const { return {contacts, site, nanoseconds(shift(m, data_constellation))}; }
};
inline Lines make_lines(const System& y, const State& s, const Drive& d) {
  return {d.slots,        d.contacts,      s.window_shift, s.outage_probability, s.outage_median,
          s.outage_sigma, y.entity, y.outage_offset, d.seed,         d.first_member};
}

// One (member, site) over its cut. Reads the slots and contacts that the cut touches (one or two), 40 B each; writes 72 B.
// About 250 flops per slot boundary (three Philox draws), most of it integer work.
struct AdvanceLink {
  Lines lines;
  Cut cut;
  View<const Real, 1> processing_delay;
  View<Real, 2> outage_seconds, contact_seconds, link_fraction, round_trip;
  View<std::int32_t, 2> outage_count, handover_count, link_up, satellite, in_contact;
  COLDSUN_FN void operator()(int a, int site) const {
    const int m = cut.member(a);
    const Time start = cut.start(m), stop = cut.stop(m), middle = start + (stop - start) / 2;
    const Link link = lines.link(m, site);
    const ContactLine contact = lines.contact(m, site);
    const Real down = seconds(link.down_time(start, stop));
    outage_seconds(m, site) += down;
    contact_seconds(m, site) += seconds(contact.contact_time(start, stop));
    outage_count(m, site) += link.outages_begun(start, stop);
    handover_count(m, site) += link.handovers(start, stop);
    link_fraction(m, site) = stop > start ? 1.0 - down / seconds(stop - start) : 1.0;
    link_up(m, site) = link.up(middle) ? 1 : 0;
    const Time k = slot_number(middle);
    satellite(m, site) = link.satellite(k);
    round_trip(m, site) = link.round_trip_of(k, processing_delay(site));
    in_contact(m, site) = contact.in_contact(middle) ? 1 : 0;
  }
};

// One member over all its sites, in their order. Reads as AdvanceLink; lowers next(m).
struct NextEvent {
  Lines lines;
  int n_site;
  View<const std::int32_t, 1> member;
  View<const Time, 1> now;
  View<Time, 1> next;
  COLDSUN_FN void operator()(int a) const {
    const int m = member(a);
    Time t = next(m);
    for (int site = 0; site < n_site; ++site) {
      t = lines.link(m, site).next_event(now(m), t);
      t = lines.contact(m, site).next_event(now(m), t);
    }
    next(m) = t;
  }
};

template <class Space>
void advance(Space space, const System& system, State& s, const Drive& drive, const Cut& cut) {
  for_rows(space, cut.n_active, system.n_site(),
           AdvanceLink{make_lines(system, s, drive), cut, system.processing_delay, s.outage_seconds, s.contact_seconds, s.link_fraction,
                       s.round_trip, s.outage_count, s.handover_count, s.link_up, s.satellite, s.in_contact});
}

template <class Space>
void next_event(Space space, const System& system, const State& s, const Drive& drive, View<const std::int32_t, 1> member, int n_active,
                View<const Time, 1> now, View<Time, 1> next) {
  for_each(space, n_active, NextEvent{make_lines(system, s, drive), system.n_site(), member, now, next});
}

}  // namespace coldsun::orbit
