// A number added to each output of a layer.
#pragma once

#include "layers/layer.h"

namespace bayesbinn {

enum class Bias { none, real, binary };

template <class Visitor>
void visit_bias(Visitor& v, Bias& bias) {
  v.choice("bias", bias, {{"none", Bias::none}, {"real", Bias::real}, {"binary", Bias::binary}});
}

// Appends the bias, if there is one, to the parameters of a layer of `outputs` channels that each sum up `fan_in` terms.
inline void add_bias(std::vector<Parameter>& parameters, Bias bias, int64_t outputs, int64_t fan_in, int64_t fan_out) {
  if (bias == Bias::none) return;
  const bool binary = bias == Bias::binary;
  parameters.push_back({"bias",
                        {outputs},
                        binary ? ParameterKind::binary : ParameterKind::real,
                        binary ? Initial::fan_in_uniform : Initial::zeros,
                        fan_in,
                        fan_out});
}

}  // namespace bayesbinn
