// HostTeam: the threads of a team as fibers on one host thread, run one by one from barrier to barrier in a given
// order. It executes CUDA team kernels without a GPU, for tests (see team_check.hpp); links with boost_context. Checks
// in every order: scratch is poisoned (NaN, -1), each piece is a separate allocation (the address sanitizer guards its
// ends), all threads must request the same pieces, reach the same barriers, and stay within the bytes of the launch.
#pragma once
#include <algorithm>
#include <boost/context/fiber.hpp>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <functional>
#include <memory>
#include <new>
#include <source_location>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "common/array.hpp"
#include "common/philox.hpp"
#include "common/team.hpp"

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/common_interface_defs.h>
#define COLDSUN_FIBER_LEAVE(keep, bottom, size) __sanitizer_start_switch_fiber(keep, bottom, size)
#define COLDSUN_FIBER_ARRIVE(keep, bottom, size) __sanitizer_finish_switch_fiber(keep, bottom, size)
#else
#define COLDSUN_FIBER_LEAVE(keep, bottom, size) static_cast<void>(0)
#define COLDSUN_FIBER_ARRIVE(keep, bottom, size) static_cast<void>(0)
#endif

namespace coldsun {

// forward, backward: by rank. shuffled: drawn anew by Philox at every barrier. isolated: forward, but each thread
// starts from the scratch of the last barrier; it is an error if two threads change one byte to different values.
struct TeamOrder {
  enum Kind { forward, backward, isolated, shuffled } kind = forward;
  std::uint64_t seed = 0;
  std::string name() const {
    static const char* const names[] = {"forward", "backward", "isolated", "shuffled"};
    return names[kind] + (kind == shuffled ? " with seed " + std::to_string(seed) : std::string());
  }
};

class HostTeam;

// The threads of one team, their scratch, and the checks.
class HostCrew {
 public:
  HostCrew(int size, std::size_t bytes, TeamOrder order)
      : size_(size), capacity_(bytes + scratch_slack), order_(order), thread_(static_cast<std::size_t>(size)) {}
  // Runs body(team) on every thread to its end. Throws std::logic_error in one sentence where a check fails.
  void run(const std::function<void(HostTeam&)>& body, int item) {
    piece_.clear();
    for (int r = 0; r < size_; ++r) start(r, body);
    try {
      for (std::uint32_t stretch = 0; !stretch || thread_[0].at != At::end; ++stretch) walk(stretch, item);
    } catch (...) {
      abandoned_ = true;  // resumes the waiting threads, so that each unwinds its stack
      for (int r = 0; r < size_; ++r)
        if (thread_[static_cast<std::size_t>(r)].fiber) resume(r);
      throw;
    }
  }

 private:
  friend class HostTeam;
  enum class At { begin, barrier, end };
  struct Abandoned {};
  struct Thread {
    boost::context::fiber fiber, back;  // of the waiting thread; of the crew while the thread runs
    At at = At::begin;
    std::source_location barrier{};
    std::size_t n_piece = 0, used = 0;
    std::exception_ptr error;
    std::unique_ptr<char[]> stack;
    void* fake_stack = nullptr;
  };
  struct Piece {
    std::unique_ptr<char, decltype(&std::free)> memory{nullptr, &std::free};
    std::size_t bytes = 0;
    std::vector<char> before, after;  // isolated: scratch at the last barrier and at the next
    std::vector<int> writer;          // isolated: thread that changed each byte, or -1
  };
  static constexpr std::size_t stack_size = 256 * 1024;
  struct OwnStack {
    char* memory;
    boost::context::stack_context allocate() {
      boost::context::stack_context s;
      s.size = stack_size, s.sp = memory + stack_size;
      return s;
    }
    void deallocate(boost::context::stack_context&) noexcept {}
  };

  void start(int rank, const std::function<void(HostTeam&)>& body);
  void resume(int rank) {
    Thread& t = thread_[static_cast<std::size_t>(rank)];
    [[maybe_unused]] void* fake_stack = nullptr;
    COLDSUN_FIBER_LEAVE(&fake_stack, t.stack.get(), stack_size);
    t.fiber = std::move(t.fiber).resume();
    COLDSUN_FIBER_ARRIVE(fake_stack, nullptr, nullptr);
  }
  void wait(int rank, std::source_location where) {
    Thread& t = thread_[static_cast<std::size_t>(rank)];
    t.at = At::barrier, t.barrier = where;
    COLDSUN_FIBER_LEAVE(&t.fake_stack, crew_stack_, crew_stack_size_);
    t.back = std::move(t.back).resume();
    COLDSUN_FIBER_ARRIVE(t.fake_stack, &crew_stack_, &crew_stack_size_);
    if (abandoned_) throw Abandoned{};
  }
  void walk(std::uint32_t stretch, int item);
  std::vector<int> sequence(std::uint32_t stretch, int item) const;
  void check_barrier() const;
  char* piece(int rank, std::size_t bytes);
  void merge(int rank);

  int size_;
  std::size_t capacity_;
  TeamOrder order_;
  std::vector<Thread> thread_;
  std::vector<Piece> piece_;
  bool abandoned_ = false;
  alignas(64) char slot_[64] = {};
  const void* crew_stack_ = nullptr;  // stack of the caller that resumes the threads; for the address sanitizer
  std::size_t crew_stack_size_ = 0;
};

// Team interface for a kernel.
class HostTeam {
 public:
  HostTeam(HostCrew& crew, int rank) : crew_(&crew), rank_(rank) {}
  int rank() const { return rank_; }
  int size() const { return crew_->size_; }
  void sync(std::source_location where = std::source_location::current()) { crew_->wait(rank_, where); }
  template <class T>
  T* scratch(std::size_t n) {
    return reinterpret_cast<T*>(crew_->piece(rank_, n * sizeof(T)));
  }
  template <class T>
  T shuffle(T x, int from, std::source_location where = std::source_location::current()) {
    static_assert(std::is_trivially_copyable_v<T> && sizeof(T) <= sizeof(HostCrew::slot_));
    sync(where);
    if (rank_ == from) std::memcpy(crew_->slot_, &x, sizeof(T));
    sync(where);
    std::memcpy(&x, crew_->slot_, sizeof(T));
    return x;
  }

 private:
  HostCrew* crew_;
  int rank_;
};

inline void HostCrew::start(int rank, const std::function<void(HostTeam&)>& body) {
  Thread& t = thread_[static_cast<std::size_t>(rank)];
  auto stack = t.stack ? std::move(t.stack)
                       : std::unique_ptr<char[]>(new char[stack_size]);  // stack of the previous item, if any
  t = Thread{};
  t.stack = std::move(stack);
  t.fiber = boost::context::fiber(std::allocator_arg, OwnStack{t.stack.get()},
                                  [this, rank, &t, &body](boost::context::fiber&& back) {
                                    COLDSUN_FIBER_ARRIVE(nullptr, &crew_stack_, &crew_stack_size_);
                                    t.back = std::move(back);
                                    try {
                                      HostTeam team(*this, rank);
                                      if (!abandoned_) body(team);
                                    } catch (const Abandoned&) {
                                    } catch (...) {
                                      t.error = std::current_exception();
                                    }
                                    t.at = At::end;
                                    COLDSUN_FIBER_LEAVE(nullptr, crew_stack_, crew_stack_size_);
                                    return std::move(t.back);
                                  });
}

// Runs every thread once, to its next barrier or its end.
inline void HostCrew::walk(std::uint32_t stretch, int item) {
  for (int r : sequence(stretch, item)) {
    for (Piece& p : piece_)
      if (order_.kind == TeamOrder::isolated) std::memcpy(p.memory.get(), p.before.data(), p.bytes);
    resume(r);
    if (auto error = std::exchange(thread_[static_cast<std::size_t>(r)].error, nullptr)) std::rethrow_exception(error);
    if (order_.kind == TeamOrder::isolated) merge(r);
  }
  check_barrier();
  if (order_.kind != TeamOrder::isolated) return;
  for (Piece& p : piece_) {
    p.before = p.after;
    std::fill(p.writer.begin(), p.writer.end(), -1);
    std::memcpy(p.memory.get(), p.before.data(), p.bytes);
  }
}

inline std::vector<int> HostCrew::sequence(std::uint32_t stretch, int item) const {
  std::vector<int> order(static_cast<std::size_t>(size_));
  for (int r = 0; r < size_; ++r)
    order[static_cast<std::size_t>(r)] = order_.kind == TeamOrder::backward ? size_ - 1 - r : r;
  if (order_.kind != TeamOrder::shuffled) return order;
  const Chance chance{order_.seed, 0, Stream::test, static_cast<std::uint32_t>(item)};
  for (int r = size_ - 1; r > 0; --r) {  // Fisher and Yates
    const int other = static_cast<int>(chance.uniform(stretch, static_cast<std::uint32_t>(r)) * (r + 1));
    std::swap(order[static_cast<std::size_t>(r)], order[static_cast<std::size_t>(other)]);
  }
  return order;
}

inline void HostCrew::check_barrier() const {
  const Thread& first = thread_[0];
  for (const Thread& t : thread_) {
    if (t.at != first.at) throw std::logic_error("some threads ended while others wait at a barrier");
    if (t.at == At::barrier &&
        (t.barrier.line() != first.barrier.line() || t.barrier.column() != first.barrier.column()))
      throw std::logic_error("threads wait at different barriers, lines " + std::to_string(first.barrier.line()) +
                             " and " + std::to_string(t.barrier.line()));
  }
}

inline char* HostCrew::piece(int rank, std::size_t bytes) {
  Thread& t = thread_[static_cast<std::size_t>(rank)];
  t.used += scratch_bytes<char>(bytes);
  if (t.used > capacity_)
    throw std::logic_error("scratch of " + std::to_string(t.used) + " bytes asked for, " + std::to_string(capacity_) +
                           " given");
  const std::size_t k = t.n_piece++;
  if (k == piece_.size()) {
    Piece p;
    p.bytes = bytes;
    // Exactly the requested size, so that the address sanitizer detects access beyond it.
    void* memory = nullptr;
    if (posix_memalign(&memory, scratch_line, bytes ? bytes : 1) != 0) throw std::bad_alloc();
    p.memory.reset(static_cast<char*>(memory));
    std::memset(memory, 0xff, bytes);
    if (order_.kind == TeamOrder::isolated)
      p.before.assign(bytes, '\xff'), p.after = p.before, p.writer.assign(bytes, -1);
    piece_.push_back(std::move(p));
  }
  if (piece_[k].bytes != bytes) throw std::logic_error("threads ask for different pieces of scratch");
  return piece_[k].memory.get();
}

// Merges the changes of one thread since the last barrier.
inline void HostCrew::merge(int rank) {
  for (std::size_t k = 0; k < piece_.size(); ++k) {
    Piece& p = piece_[k];
    for (std::size_t b = 0; b < p.bytes; ++b) {
      const char now = p.memory.get()[b];
      if (now == p.before[b]) continue;
      if (p.writer[b] >= 0 && p.after[b] != now)
        throw std::logic_error("threads " + std::to_string(p.writer[b]) + " and " + std::to_string(rank) +
                               " write different values to byte " + std::to_string(b) + " of scratch piece " +
                               std::to_string(k) + " with no barrier between");
      p.after[b] = now, p.writer[b] = rank;
    }
  }
}

}  // namespace coldsun

#undef COLDSUN_FIBER_LEAVE
#undef COLDSUN_FIBER_ARRIVE
