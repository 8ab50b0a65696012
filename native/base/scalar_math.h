// exp, log, tanh, sech^2 and sigmoid in float32: one implementation for host and device, branch-free so that loops over
// it vectorise. Largest errors found over all float32 arguments of the range, against float64: see
// test/native/scalar-math.
#pragma once

#include <cstdint>
#include <cstring>

#include "base/host_device.h"

namespace bayesbinn {

BB_FORMULA float float_from_bits(int32_t bits) {
  float value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

BB_FORMULA int32_t bits_from_float(float value) {
  int32_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  return bits;
}

BB_FORMULA float magnitude(float x) { return float_from_bits(bits_from_float(x) & 0x7fffffff); }

BB_FORMULA float with_sign_of(float value, float sign) {
  return float_from_bits(bits_from_float(value) | (bits_from_float(sign) & static_cast<int32_t>(0x80000000u)));
}

// condition ? a : b by bits, where compilers would branch on a condition that is the same throughout a loop and then
// not vectorise it.
BB_FORMULA float select(bool condition, float a, float b) {
  const int32_t mask = -static_cast<int32_t>(condition);
  return float_from_bits((bits_from_float(a) & mask) | (bits_from_float(b) & ~mask));
}

// NaN passes: a defect upstream must reach the loss.
BB_FORMULA float relu(float x) { return x < 0.0f ? 0.0f : x; }

// exp(x); arguments are limited to [-87.3, 88.0], beyond which the ends' values are returned. NaN stays NaN.
// exp(x) = 2^n exp(r) with n = round(x / ln 2) and |r| <= ln(2)/2; polynomial of degree 6 for exp(r).
BB_FORMULA float exp_float(float x) {
  x = x < -87.3f ? -87.3f : x;
  x = x > 88.0f ? 88.0f : x;
  const float shifter = 12582912.0f;  // 1.5 * 2^23: adding it rounds to an integer
  const float shifted = x * 1.44269504f + shifter;
  const float n = shifted - shifter;
  // ln 2 in two parts, the first with few bits, so that n * part is exact.
  const float r = (x - n * 0.693359375f) + n * 2.12194440e-4f;
  float p = 1.9875691500e-4f;
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * r * r + r + 1.0f;
  return p * float_from_bits((bits_from_float(shifted) + 127) << 23);  // the low bits of `shifted` are those of n
}

// log(x) for normal positive x. x = m 2^e with sqrt(1/2) <= m < sqrt(2); polynomial of degree 9 in m - 1.
BB_FORMULA float log_float(float x) {
  int32_t bits = bits_from_float(x);
  const int32_t above = bits - 0x3f3504f3;  // bits of sqrt(1/2)
  const float e = static_cast<float>(above >> 23);
  bits = (above & 0x007fffff) + 0x3f3504f3;
  const float f = float_from_bits(bits) - 1.0f;
  const float z = f * f;
  float p = 7.0376836292e-2f;
  p = p * f - 1.1514610310e-1f;
  p = p * f + 1.1676998740e-1f;
  p = p * f - 1.2420140846e-1f;
  p = p * f + 1.4249322787e-1f;
  p = p * f - 1.6668057665e-1f;
  p = p * f + 2.0000714765e-1f;
  p = p * f - 2.4999993993e-1f;
  p = p * f + 3.3333331174e-1f;
  const float tail = p * f * z + e * -2.12194440e-4f - 0.5f * z;
  return f + tail + e * 0.693359375f;
}

// tanh(x): exactly +-1 beyond |x| = 9.02.
BB_FORMULA float tanh_float(float x) {
  const float a = magnitude(x);
  const float e = exp_float(-2.0f * a);
  const float far = (1.0f - e) / (1.0f + e);
  const float z = a * a;
  float p = -5.70498872745e-3f;
  p = p * z + 2.06390887954e-2f;
  p = p * z - 5.37397155531e-2f;
  p = p * z + 1.33314422036e-1f;
  p = p * z - 3.33332819422e-1f;
  const float near = p * z * a + a;
  return with_sign_of(a < 0.625f ? near : far, x);
}

// 1 - tanh(x)^2 = 4 e / (1 + e)^2 with e = exp(-2|x|): no cancellation.
BB_FORMULA float sech2_float(float x) {
  const float e = exp_float(-2.0f * magnitude(x));
  return 4.0f * e / ((1.0f + e) * (1.0f + e));
}

// 1 / (1 + exp(-x)): no overflow on either side.
BB_FORMULA float sigmoid_float(float x) {
  const float e = exp_float(-magnitude(x));
  return (x >= 0.0f ? 1.0f : e) / (1.0f + e);
}

// log(u / (1 - u)) / 2: half a logistic variable, the noise of the binary concrete relaxation.
BB_FORMULA float half_logit(float u) { return 0.5f * log_float(u / (1.0f - u)); }

}  // namespace bayesbinn
