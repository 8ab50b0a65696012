// Holds the CPU backend's packed weights against plain scalar loops: products against float64, packing against what was
// packed, updates against the formulas one weight at a time. Without Node, so that an emulator can run it:
//   BAYESBINN_INSTRUCTION_SET=avx2 ./packed_check
// Prints a line with the counts; exits with 1 on any failure.
#include <cmath>
#include <cstdio>
#include <cstring>
#include <limits>
#include <vector>

#include "backends/backend.h"
#include "base/error.h"
#include "checks/fixtures.h"
#include "checks/parameter.h"

namespace bayesbinn::checks {
namespace {

int failures = 0;

void check(bool holds, const char* what, const PackedShape& shape, int64_t batch, int64_t at) {
  if (holds || ++failures > 20) return;
  std::printf("FAILED %s: %lld outputs, %lld inputs, %lld taps, batch %lld, entry %lld\n", what,
              static_cast<long long>(shape.outputs), static_cast<long long>(shape.inputs),
              static_cast<long long>(shape.taps), static_cast<long long>(batch), static_cast<long long>(at));
}

// Signs that the last bit of the noise decides may differ from those of this file's compilation.
bool sign_agrees(float sign, float latent, float u) {
  const float sum = latent + half_logit(u);
  return std::fabs(sum) < 1e-5f ? std::fabs(sign) == 1.0f : sign == (sum >= 0.0f ? 1.0f : -1.0f);
}

int64_t round_trips = 0;

void check_round_trip(Backend& backend, const PackedShape& shape) {
  Parameter parameter(backend, shape, 1, false);
  const std::vector<float> u = parameter.uniforms(parameter.pass.noise.draw);
  backend.materialize(parameter.pass);
  const std::vector<float> drawn = parameter.unpacked();
  const std::vector<float> values = parameter.unpacked_values(&Backend::materialize);
  backend.materialize_mode(parameter.pass);
  const std::vector<float> modes = parameter.unpacked();
  const Noise prediction = {nullptr, {7, 2, 3, Stream::prediction, 1}};
  backend.materialize_sample(parameter.pass, prediction);
  const std::vector<float> samples = parameter.unpacked();
  const std::vector<float> v = parameter.uniforms(prediction.draw);
  for (int64_t at = 0; at < parameter.count; ++at) {
    const auto i = static_cast<size_t>(at);
    const float latent = parameter.weight(at).latent;
    check(sign_agrees(drawn[i], latent, u[i]), "sign", shape, 0, at);
    check(drawn[i] == values[i], "bits and values", shape, 0, at);
    check(modes[i] == BayesBinn::mode(latent), "mode", shape, 0, at);
    const float p = BayesBinn::probability(latent, parameter.step);
    check(std::fabs(v[i] - p) < 1e-6f || samples[i] == (v[i] < p ? 1.0f : -1.0f), "posterior sample", shape, 0, at);
  }
  ++round_trips;
}

int64_t products = 0;

// y[b][row] = sum over columns of sign(row, column) x[b][column] + shift[row], in float64.
template <class Sign>
void check_product(const PackedShape& shape, int64_t batch, int64_t rows, int64_t columns, Sign&& sign,
                   const std::vector<float>& x, const float* shift, const std::vector<float>& y, const char* what) {
  // Additions that a product passes through at most: its groups, of four inputs or more, their tables and the shift.
  const double depth = static_cast<double>(columns) / 4 + 8;
  for (int64_t b = 0; b < batch; ++b) {
    for (int64_t row = 0; row < rows; ++row) {
      double sum = shift ? shift[row] : 0, size = std::fabs(sum);
      for (int64_t column = 0; column < columns; ++column) {
        const double term = x[static_cast<size_t>(b * columns + column)];
        sum += sign(row, column) * term;
        size += std::fabs(term);
      }
      const float got = y[static_cast<size_t>(b * rows + row)];
      const double limit = depth * 0x1p-24 * size;
      const bool same = std::isfinite(sum) ? std::fabs(got - sum) <= limit
                                           : std::isnan(sum) == std::isnan(got) && (std::isnan(sum) || got == sum);
      check(same, what, shape, batch, b * rows + row);
    }
  }
  ++products;
}

// hard: one Inf and one NaN among the inputs of two samples, which the other samples must not notice.
void check_products(Backend& backend, const PackedShape& shape, int64_t batch, bool with_bias, bool hard) {
  Parameter parameter(backend, shape, 1, false);
  backend.materialize(parameter.pass);
  const std::vector<float> weights = parameter.unpacked();
  const auto weight = [&](int64_t o, int64_t i) { return weights[static_cast<size_t>(o * shape.inputs + i)]; };
  const auto sign = [&](int64_t o, int64_t i) { return double{weight(o, i)}; };
  const auto transposed = [&](int64_t i, int64_t o) { return double{weight(o, i)}; };
  std::vector<float> x = rng.floats(batch * shape.inputs, -2, 2);
  std::vector<float> dy = rng.floats(batch * shape.outputs, -2, 2);
  if (hard) {
    for (std::vector<float>* values : {&x, &dy}) {
      const auto size = static_cast<int64_t>(values->size());
      (*values)[static_cast<size_t>(rng.below(size))] = std::numeric_limits<float>::infinity();
      (*values)[static_cast<size_t>(rng.below(size))] = std::numeric_limits<float>::quiet_NaN();
    }
  }
  const std::vector<float> bias = rng.floats(shape.outputs, -1, 1);
  const float* const shift = with_bias ? bias.data() : nullptr;
  const LinearShape linear = {batch, shape.inputs, shape.outputs};
  const Weights packed = {nullptr, parameter.segment.packed};
  HostActivation inputs(backend, shape.inputs, batch), outputs(backend, shape.outputs, batch);
  inputs.put(x);
  backend.linear(linear, inputs.data(), packed, shift, outputs.data());
  check_product(shape, batch, shape.outputs, shape.inputs, sign, x, shift, outputs.rows(), "product");
  HostActivation gradients(backend, shape.outputs, batch), input_gradients(backend, shape.inputs, batch);
  gradients.put(dy);
  backend.linear_input_gradient(linear, gradients.data(), packed, input_gradients.data());
  check_product(shape, batch, shape.inputs, shape.outputs, transposed, dy, nullptr, input_gradients.rows(),
                "input gradient");
}

int64_t updates = 0;

void check_update(Backend& backend, const PackedShape& shape, int64_t batch, int64_t samples, bool stale) {
  Parameter parameter(backend, shape, samples, stale);
  const auto size = static_cast<size_t>(parameter.count);
  std::vector<float> store(static_cast<size_t>(samples * parameter.all));
  std::vector<double> gradient(size), gradient_size(size);
  std::vector<Weight> before(size);
  for (int64_t i = 0; i < parameter.count; ++i) before[static_cast<size_t>(i)] = parameter.weight(i);
  const Draw next = {7, 12, 0, Stream::weights, 1};
  parameter.pass.update = true;
  parameter.pass.next = &next;
  const GradientTarget target = {&parameter.pass, &parameter.segment, store.data()};
  for (int64_t s = 0; s < samples; ++s) {
    parameter.pass.sample = s;
    parameter.pass.noise.draw.sample = static_cast<uint32_t>(s);
    HostActivation inputs(backend, shape.inputs, batch), gradients(backend, shape.outputs, batch);
    const std::vector<float> x = rng.floats(batch * shape.inputs, -2, 2), dy = rng.floats(batch * shape.outputs, -1, 1);
    inputs.put(x);
    gradients.put(dy);
    backend.linear_weight_gradient({batch, shape.inputs, shape.outputs}, gradients.data(), inputs.data(), target);
    for (size_t i = 0; i < size; ++i) {
      const auto [o, k] = std::div(static_cast<long>(i), static_cast<long>(shape.inputs));
      double exact = 0, terms = 0;
      for (int64_t b = 0; b < batch; ++b) {
        const double term =
            double{dy[static_cast<size_t>(b * shape.outputs + o)]} * x[static_cast<size_t>(b * shape.inputs + k)];
        exact += term;
        terms += std::fabs(term);
      }
      const auto kept = static_cast<size_t>(s * parameter.all + Parameter::kBefore) + i;
      check(std::fabs(store[kept] - exact) <= static_cast<double>(batch + 2) * 0x1p-24 * terms, "weight gradient",
            shape, batch, static_cast<int64_t>(i));
      const double pulled = BayesBinn::pullback(store[kept], before[i], 0.5f, parameter.step);
      gradient[i] += pulled;
      gradient_size[i] += std::fabs(pulled);
    }
  }
  const std::vector<float> u = parameter.uniforms(next), signs = parameter.unpacked();
  for (size_t i = 0; i < size; ++i) {
    const Weight got = parameter.weight(static_cast<int64_t>(i));
    Weight expected = before[i];
    BayesBinn::update(expected, static_cast<float>(gradient[i]), parameter.step);
    const auto at = static_cast<int64_t>(i);
    // A few roundings of each term: instruction sets differ in which products and sums they fuse.
    const float scale = static_cast<float>(gradient_size[i]) + std::fabs(before[i].latent) + 2;
    const float limit = 16 * 0x1p-24f * scale;
    check(std::fabs(got.slot[0] - expected.slot[0]) <= limit, "momentum", shape, batch, at);
    check(std::fabs(got.latent - expected.latent) <= limit * (1 + parameter.step.rate), "latent weight", shape, batch,
          at);
    if (stale) check(got.slot[1] == before[i].latent, "previous latent weight", shape, batch, at);
    check(sign_agrees(signs[i], got.latent, u[i]), "next sign", shape, batch, at);
  }
  parameter.pass.noise = {nullptr, next};
  parameter.pass.sample = 0;
  check(parameter.unpacked_values(&Backend::materialize) == signs, "signs of the update and of the step", shape, batch,
        0);
  check(!parameter.not_finite, "finite", shape, batch, 0);
  ++updates;
}

int run() {
  const auto backend = make_cpu_backend(2);
  // 95 and 96: where the groups grow; 1031: several blocks of outputs.
  const int64_t sizes[] = {1, 2, 3, 5, 7, 15, 16, 17, 31, 33, 47, 48, 49, 95, 96, 97, 127, 193};
  int64_t turn = 0;
  for (const int64_t outputs : sizes) {
    for (const int64_t inputs : sizes) {
      const int64_t batch = turn++ % 33 + 1;
      check_products(*backend, {outputs, inputs, 1}, batch, turn % 2 == 0, turn % 5 == 0);
      check_round_trip(*backend, {outputs, inputs, turn % 4 == 0 ? 9 : 1});
      if (turn % 2 == 0) check_update(*backend, {outputs, inputs, 1}, batch, 1 + turn % 3, turn % 4 == 0);
    }
  }
  for (int64_t inputs = 1; inputs <= 60; ++inputs) {  // every remainder of groups and of chunks of groups
    for (const int64_t outputs : {inputs % 7 + 1, 96 + inputs % 13}) {
      check_products(*backend, {outputs, inputs, 1}, inputs % 33 + 1, false, false);
      check_products(*backend, {inputs, outputs, 1}, (inputs * 7) % 33 + 1, true, false);
    }
  }
  for (const PackedShape& shape : {PackedShape{1031, 37, 1}, PackedShape{37, 1031, 1}, PackedShape{2053, 3, 1}}) {
    check_products(*backend, shape, 17, true, true);
    check_update(*backend, shape, 5, 2, true);
    check_round_trip(*backend, shape);
  }
  check_round_trip(*backend, {67, 101, 9});
  check_update(*backend, {611, 307, 1}, 3, 1, false);  // several blocks of the weight gradient

  std::printf("%s: %lld products, %lld round trips, %lld updates, %d failures\n", backend->instruction_set().c_str(),
              static_cast<long long>(products), static_cast<long long>(round_trips), static_cast<long long>(updates),
              failures);
  return failures == 0 ? 0 : 1;
}

}  // namespace
}  // namespace bayesbinn::checks

int main() {
  try {
    return bayesbinn::checks::run();
  } catch (const bayesbinn::Error& error) {
    std::printf("%s: %s\n", bayesbinn::to_string(error.code()), error.what());
    return 1;
  }
}
