// A method of Optimizers with its hyperparameters, behind one type.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/options.h"
#include "optimizers/formula.h"

namespace bayesbinn {

class Method {
 public:
  // Room for the Step of any formula.
  struct alignas(16) Step {
    std::byte bytes[128];
  };

  // Reads the options beside those that `reader` has handed out already. ERR_OPTION_*.
  static std::unique_ptr<Method> read(const std::string& type, OptionReader& reader);

  virtual ~Method() = default;

  int formula() const { return formula_; }
  virtual const char* name() const = 0;
  virtual ParameterKind claims() const = 0;
  // Changes numbers by name: all of them, or none where one is refused. ERR_OPTION_UNKNOWN, ERR_OPTION_RANGE.
  virtual void set(const std::vector<std::pair<std::string, double>>& values) = 0;
  virtual Distribution distribution() const = 0;
  virtual int64_t samples() const = 0;
  virtual int slots() const = 0;
  virtual const char* slot_name(int slot) const = 0;
  virtual bool slot_used(int slot) const = 0;
  virtual float absent_slot(int slot) const = 0;
  virtual Step step(uint64_t t, int64_t samples) const = 0;
  // Whether the weights of this step are +-1.
  virtual bool signs(const Step& step) const = 0;
  // Whether sampling weights, and pulling gradients back, depend on noise in this step.
  virtual bool sampling_needs_noise(const Step& step) const = 0;
  virtual bool pullback_needs_noise(const Step& step) const = 0;
  // Whether first latent weights depend on the layer's proposals, and on normals; else those may be null.
  virtual bool initial_uses_proposal() const = 0;
  virtual bool initial_uses_normal() const = 0;
  // latent[i] from the layer's proposals, uniforms and standard normals.
  virtual void initialize(int64_t count, const float* proposed, const float* u, const float* z,
                          float* latent) const = 0;
  virtual void initialize_slot(int slot, int64_t count, const float* latent, float* out) const = 0;

 protected:
  explicit Method(int formula) : formula_(formula) {}

 private:
  int formula_;
};

}  // namespace bayesbinn
