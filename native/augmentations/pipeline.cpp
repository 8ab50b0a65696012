#include "augmentations/pipeline.h"

#include <algorithm>

#include "augmentations/list.h"

namespace bayesbinn {

class Pipeline::Step {
 public:
  virtual ~Step() = default;
  virtual int draws() const = 0;
  virtual bool keeps_centre() const = 0;
  virtual const Fill* fill() const = 0;
  virtual bool leaves() const = 0;
  virtual void validate(const Grid& grid) const = 0;
  // Of one kind or the other; see `formula.h`.
  virtual bool is_displacement() const = 0;
  virtual bool displaces() const = 0;
  virtual AffineMap map(const Grid& grid, const float* u) const = 0;
  virtual void displace(const Grid& grid, const float* u, Displacement& by) const = 0;
};

template <class F>
class Pipeline::StepOf final : public Step {
  static constexpr bool kIsDisplacement = requires { &F::displace; };

 public:
  explicit StepOf(OptionReader& reader) : options_(read_options<typename F::Options>(reader)) {}

  int draws() const override { return F::draws(options_); }
  bool keeps_centre() const override { return F::kKeepsCentre; }
  const Fill* fill() const override { return F::fill(options_); }
  bool leaves() const override { return F::leaves(options_); }
  void validate(const Grid& grid) const override { F::validate(options_, grid); }
  bool is_displacement() const override { return kIsDisplacement; }
  bool displaces() const override {
    if constexpr (kIsDisplacement) return F::displaces(options_);
    return false;
  }
  AffineMap map(const Grid& grid, const float* u) const override {
    if constexpr (kIsDisplacement)
      return {};
    else
      return F::map(options_, grid, u);
  }
  void displace(const Grid& grid, const float* u, Displacement& by) const override {
    if constexpr (kIsDisplacement) F::displace(options_, grid, u, by);
  }

 private:
  typename F::Options options_;
};

Pipeline::Pipeline(const Value& spec, const std::string& path) {
  if (!spec.array()) {
    throw Error(ErrorCode::option_type, path + ": " + spec.describe() + " given, accepted: an array of steps",
                {{"path", path}, {"value", spec.describe()}});
  }
  const Fill* first_fill = nullptr;
  bool displacement = false;
  for (const Value& entry : *spec.array()) {
    const std::string at = path + '[' + std::to_string(steps_.size()) + ']';
    OptionReader reader(entry, at);
    const std::string type = reader.text("type");
    const int index = Augmentations::find(type);
    if (index < 0) {
      std::string names;
      for (const std::string& name : Augmentations::names()) names += (names.empty() ? "" : ", ") + name;
      throw Error(ErrorCode::option_range, at + ".type: " + quoted(type) + " given, accepted: " + names,
                  {{"path", at + ".type"}, {"value", type}, {"accepted", names}});
    }
    Augmentations::visit(index, [&]<class F>() { steps_.push_back(std::make_shared<StepOf<F>>(reader)); });
    if (steps_.back()->is_displacement()) {
      if (displacement) {
        throw Error(ErrorCode::option_range, at + ".type: " + quoted(type) + " a second time, accepted: once",
                    {{"path", at + ".type"}, {"value", type}});
      }
      displacement = true;
      displaces_ = steps_.back()->displaces();
    }
    const Fill* const fill = steps_.back()->fill();
    if (!fill) continue;
    if (first_fill && *fill != *first_fill) {
      throw Error(ErrorCode::option_range, at + ".fill: another than in a step before, accepted: the same in all steps",
                  {{"path", at + ".fill"}});
    }
    first_fill = fill;
    fill_ = *fill;
  }
}

bool Pipeline::leaves() const {
  return std::any_of(steps_.begin(), steps_.end(), [](const auto& step) { return step->leaves(); });
}

bool Pipeline::keeps_centre() const {
  return std::all_of(steps_.begin(), steps_.end(), [](const auto& step) { return step->keeps_centre(); });
}

void Pipeline::validate(const Grid& grid) const {
  for (const auto& step : steps_) step->validate(grid);
}

AffineMap Pipeline::map(const Grid& grid, const Draw& draw, Displacement* displacement) const {
  AffineMap map;
  AffineMap* side = &map;  // of the displacement: steps compose to the map on either
  uint32_t element = 0;
  PhiloxBlock words = {};
  for (const auto& step : steps_) {
    float u[kMostDraws];
    for (int i = 0; i < step->draws(); ++i, ++element) {
      if (element % 4 == 0) words = draw_block(draw, element / 4);
      u[i] = uniform_from_bits(words.word[element % 4]);
    }
    if (step->displaces()) {
      step->displace(grid, u, *displacement);
      side = &displacement->inner;
      *side = {};
    } else {
      *side = compose(*side, step->map(grid, u));
    }
  }
  return map;
}

}  // namespace bayesbinn
