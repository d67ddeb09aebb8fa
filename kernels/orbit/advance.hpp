// Advance of links over a cut, and their next event: functors and templates, instantiated per backend.
#pragma once
#include "common/loops.hpp"
#include "orbit/link.hpp"
#include "orbit/orbit.hpp"

namespace coldsun::orbit {

// Gathers the priors and tables of a (member, site) into its Link and ContactLine.
struct Lines {
  SystemView sys;
  StateView st;
  Drive drive;
  COLDSUN_FN Link link(int m, int site) const {
    return {Chance{drive.seed, drive.first_member + static_cast<std::uint32_t>(m), Stream::link, sys.site(site).entity},
            OutageLaw{st.outage_probability(m, site), st.outage_median(m, site), st.outage_sigma(m, site),
                      sys.site(site).outage_offset},
            drive.slots, site, nanoseconds(st.window_shift(m, link_constellation))};
  }
  COLDSUN_FN ContactLine contact(int m, int site) const {
    return {drive.contacts, site, nanoseconds(st.window_shift(m, data_constellation))};
  }
};

// One (member, site) over its cut. Reads the slots and contacts of the cut (one or two), 40 B each; writes 72 B. About
// 250 flops per slot boundary (three Philox draws), most of it integer work.
struct AdvanceLink : Lines {
  Cut cut;
  COLDSUN_FN void operator()(int a, int site) const {
    const int m = cut.member(a);
    const Time start = cut.start(m), stop = cut.stop(m), middle = start + (stop - start) / 2;
    const Link line = link(m, site);
    const ContactLine data = contact(m, site);
    const Real down = seconds(line.down_time(start, stop));
    st.outage_seconds(m, site) += down;
    st.contact_seconds(m, site) += seconds(data.contact_time(start, stop));
    st.outage_count(m, site) += line.outages_begun(start, stop);
    st.handover_count(m, site) += line.handovers(start, stop);
    st.link_fraction(m, site) = stop > start ? 1.0 - down / seconds(stop - start) : 1.0;
    st.link_up(m, site) = line.up(middle) ? 1 : 0;
    const Time k = slot_number(middle);
    st.satellite(m, site) = line.satellite(k);
    st.round_trip(m, site) = line.round_trip_of(k, sys.site(site).processing_delay);
    st.in_contact(m, site) = data.in_contact(middle) ? 1 : 0;
  }
};

// One member over all its sites, in order. Reads as AdvanceLink; lowers stop(m).
struct NextEvent : Lines {
  NextCut next;
  int n_site;
  COLDSUN_FN void operator()(int a) const {
    const int m = next.member(a);
    Time t = next.stop(m);
    for (int site = 0; site < n_site; ++site) {
      t = link(m, site).next_event(next.now(m), t);
      t = contact(m, site).next_event(next.now(m), t);
    }
    next.stop(m) = t;
  }
};

template <class Space>
void advance(Space space, const System& sys, State& s, const Drive& drive, const Cut& cut) {
  for_rows(space, cut.n_active, sys.n_site(), AdvanceLink{{sys, s, drive}, cut});
}

template <class Space>
void next_event(Space space, const System& sys, const State& s, const Drive& drive, const NextCut& next) {
  for_each(space, next.n_active, NextEvent{{sys, s, drive}, next, sys.n_site()});
}

}  // namespace coldsun::orbit
