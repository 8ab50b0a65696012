// Where the time of a session goes.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>

namespace bayesbinn {

// Forward, input gradient and weight gradient are the products; `update` includes drawing the next weights where that
// is done in one pass; `other` is what a training step does beside all this.
enum class Part { materialize, forward, input_gradient, weight_gradient, update, loss, other };
constexpr std::array kPartNames = {"materialize", "forward", "inputGradient", "weightGradient",
                                   "update",      "loss",    "other"};

class Profile {
 public:
  using Clock = std::chrono::steady_clock;

  void add(Part part, Clock::duration time) {
    if (exchanged_) part = exchange(part);
    parts_[static_cast<size_t>(part)].fetch_add(time.count(), std::memory_order_relaxed);
  }
  Clock::duration of(Part part) const { return Clock::duration(parts_[static_cast<size_t>(part)].load()); }
  Clock::duration total() const {
    Clock::duration sum{};
    for (const auto& part : parts_) sum += Clock::duration(part.load());
    return sum;
  }

 private:
  friend class ExchangedProducts;

  static constexpr Part exchange(Part part) {
    if (part == Part::forward) return Part::input_gradient;
    return part == Part::input_gradient ? Part::forward : part;
  }

  bool exchanged_ = false;  // of the session's thread, which alone adds times
  std::array<std::atomic<Clock::rep>, kPartNames.size()> parts_{};
};

// While it lives forward products count as input gradients, and the other way round: for a layer that is the transpose
// of what a backend's ops call so.
class ExchangedProducts {
 public:
  explicit ExchangedProducts(Profile& profile) : profile_(profile) { profile_.exchanged_ = true; }
  ExchangedProducts(const ExchangedProducts&) = delete;
  ExchangedProducts& operator=(const ExchangedProducts&) = delete;
  ~ExchangedProducts() { profile_.exchanged_ = false; }

 private:
  Profile& profile_;
};

// Adds the time of a scope to a part.
class Timed {
 public:
  Timed(Profile& profile, Part part) : profile_(profile), part_(part) {}
  Timed(const Timed&) = delete;
  Timed& operator=(const Timed&) = delete;
  ~Timed() { profile_.add(part_, Profile::Clock::now() - start_); }

 private:
  Profile& profile_;
  Part part_;
  Profile::Clock::time_point start_ = Profile::Clock::now();
};

// Two parts that threads work on in turns, block by block: the wall time of the scope, shared out by thread time.
class TimedInTurns {
 public:
  using Clock = Profile::Clock;

  TimedInTurns(Profile& profile, Part first, Part second) : profile_(profile), first_(first), second_(second) {}
  TimedInTurns(const TimedInTurns&) = delete;
  TimedInTurns& operator=(const TimedInTurns&) = delete;
  ~TimedInTurns() {
    const Clock::duration wall = Clock::now() - start_;
    const auto one = static_cast<double>(first_time_.load());
    const auto other = static_cast<double>(second_time_.load());
    const Clock::duration share(static_cast<Clock::rep>(static_cast<double>(wall.count()) * one / (one + other + 1)));
    profile_.add(first_, share);
    profile_.add(second_, wall - share);
  }

  // Of any thread: a block's first part ran from begin to middle, its second to end.
  void add(Clock::time_point begin, Clock::time_point middle, Clock::time_point end) {
    first_time_.fetch_add((middle - begin).count(), std::memory_order_relaxed);
    second_time_.fetch_add((end - middle).count(), std::memory_order_relaxed);
  }

 private:
  Profile& profile_;
  Part first_, second_;
  std::atomic<Clock::rep> first_time_{0}, second_time_{0};
  Clock::time_point start_ = Clock::now();
};

}  // namespace bayesbinn
