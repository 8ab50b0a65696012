#include "core/method.h"

#include <cstring>
#include <type_traits>

#include "optimizers/list.h"

namespace bayesbinn {
namespace {

template <class F>
class MethodOf final : public Method {
 public:
  MethodOf(int formula, OptionReader& reader) : Method(formula), hyper_(read_options<typename F::Hyper>(reader)) {
    for (int s = 0; s < kSlotCount; ++s) slot_used_[s] = hyper_.slot_used(s);
  }

  const char* name() const override { return F::kName; }
  ParameterKind claims() const override { return F::kClaims; }

  void set(const std::vector<std::pair<std::string, double>>& values) override {
    typename F::Hyper changed = hyper_;
    for (const auto& [name, value] : values) {
      NumberSetter setter(name, value);
      changed.visit(setter);
      if (setter.found()) continue;
      throw Error(ErrorCode::option_unknown,
                  std::string(F::kName) + ": no hyperparameter " + quoted(name) + ", accepted: " + setter.names(),
                  {{"path", name}, {"accepted", setter.names()}});
    }
    for (int s = 0; s < kSlotCount; ++s) {
      if (slot_used_[s] || !changed.slot_used(s)) continue;
      throw Error(ErrorCode::option_range, std::string(F::kName) + ": values that need the state \"" + F::kSlots[s] +
                                               "\" given, accepted: those that do without, as it was made");
    }
    hyper_ = changed;
  }

  Distribution distribution() const override { return F::kDistribution; }
  int64_t samples() const override { return hyper_.samples(); }
  int slots() const override { return kSlotCount; }
  const char* slot_name(int slot) const override { return F::kSlots[slot]; }
  bool slot_used(int slot) const override { return slot_used_[slot]; }
  float absent_slot(int slot) const override { return F::absent_slot(hyper_, slot); }

  Step step(uint64_t t, int64_t samples) const override {
    using FormulaStep = typename F::Step;
    static_assert(std::is_trivially_copyable_v<FormulaStep> && sizeof(FormulaStep) <= sizeof(Step));
    const FormulaStep values = F::step(hyper_, t, samples);
    Step step = {};
    std::memcpy(step.bytes, &values, sizeof values);
    return step;
  }

  bool signs(const Step& step) const override { return F::signs(of_formula(step)); }
  bool sampling_needs_noise(const Step& step) const override { return F::materialize_needs_noise(of_formula(step)); }
  bool pullback_needs_noise(const Step& step) const override { return F::pullback_needs_noise(of_formula(step)); }

  bool initial_uses_proposal() const override { return F::kInitialFromLayer; }
  bool initial_uses_normal() const override { return hyper_.initial_uses_normal(); }

  void initialize(int64_t count, const float* proposed, const float* u, const float* z, float* latent) const override {
    for (int64_t i = 0; i < count; ++i) {
      latent[i] = F::initial(hyper_, proposed ? proposed[i] : 0.0f, u[i], z ? z[i] : 0.0f);
    }
  }

  void initialize_slot(int slot, int64_t count, const float* latent, float* out) const override {
    for (int64_t i = 0; i < count; ++i) out[i] = F::initial_slot(hyper_, slot, latent[i]);
  }

 private:
  static const typename F::Step& of_formula(const Step& step) {
    return *reinterpret_cast<const typename F::Step*>(step.bytes);
  }

  static constexpr int kSlotCount = static_cast<int>(std::size(F::kSlots));

  typename F::Hyper hyper_;
  bool slot_used_[kSlotCount];  // as made: memory was taken by it
};

}  // namespace

std::unique_ptr<Method> Method::read(const std::string& type, OptionReader& reader) {
  const int formula = Optimizers::find(type);
  if (formula < 0) {
    std::string names;
    for (const std::string& name : Optimizers::names()) names += (names.empty() ? "" : ", ") + name;
    throw Error(ErrorCode::option_range, reader.path() + ".type: " + quoted(type) + " given, accepted: " + names);
  }
  std::unique_ptr<Method> method;
  Optimizers::visit(formula, [&]<class F>() { method = std::make_unique<MethodOf<F>>(formula, reader); });
  return method;
}

}  // namespace bayesbinn
