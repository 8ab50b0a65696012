// Masks are bytes, [channels][stride]: a flag stands for all positions of its channel. Plain dropout has a channel a
// value. What is dropped is 0 even where it was Inf or NaN.
#include "backends/cuda/cuda_backend.h"
#include "backends/cuda/device/kernel.h"
#include "backends/cuda/device/quad.h"

namespace bayesbinn::cuda {

struct DropoutParameters {
  const float4* x;
  const uint32_t* mask;  // of four samples
  float4* y;
  int64_t channels, spatial, quads;  // quads: of four samples, a position
  float scale;
};

struct DrawDropoutParameters {
  QueuedDraw draw;
  const float* x;  // null: only the mask is drawn
  uint8_t* mask;
  float* y;
  int64_t channels, together, batch, stride;  // together: channels of a sample whose draws a thread makes
  float rate, scale;
};

struct ImportMaskParameters {
  const uint8_t* rows;  // [batch][flags]
  uint8_t* mask;
  int64_t flags, batch, stride;
};

#ifdef __CUDACC__

BB_KERNEL(kThreads) dropout_kernel(const DropoutParameters p) {
  const int64_t i = thread_index();
  if (i >= p.channels * p.spatial * p.quads) return;
  const int64_t flags = p.spatial == 1 ? i : i / (p.spatial * p.quads) * p.quads + i % p.quads;
  const uint32_t kept = p.mask[flags];
  const float4 x = p.x[i];
  p.y[i] = make_float4(kept & 0xffu ? x.x * p.scale : 0.0f, kept & 0xff00u ? x.y * p.scale : 0.0f,
                       kept & 0xff0000u ? x.z * p.scale : 0.0f, kept & 0xff000000u ? x.w * p.scale : 0.0f);
}

// Neighbouring threads have neighbouring samples of the same channels, four where these share a block of draws.
BB_KERNEL(kThreads) draw_dropout_kernel(const DrawDropoutParameters p) {
  const int64_t i = thread_index();
  const int64_t first = i / p.stride * p.together;
  const int64_t sample = i % p.stride;
  if (first >= p.channels || sample >= p.batch) return;
  const int64_t element = sample * p.channels + first;
  const int64_t at = first * p.stride + sample;
  const PhiloxBlock block = draw_block(QueuedDraw::resolve(p.draw), static_cast<uint32_t>(element / 4));
  float x[4] = {};
#pragma unroll
  for (int n = 0; n < 4; ++n) {
    if (p.x && n < p.together) x[n] = p.x[at + n * p.stride];
  }
#pragma unroll
  for (int n = 0; n < 4; ++n) {
    // Of the four words a thread with one channel has its own.
    const int64_t channel = p.together == 4 ? n : (n == element % 4 ? 0 : 4);
    if (channel == 4) continue;
    const bool kept = uniform_from_bits(block.word[n]) >= p.rate;
    p.mask[at + channel * p.stride] = kept;
    if (p.x) p.y[at + channel * p.stride] = kept ? x[p.together == 4 ? n : 0] * p.scale : 0.0f;
  }
}

BB_KERNEL(kThreads) dropout_mask_import_kernel(const ImportMaskParameters p) {
  const int64_t i = thread_index();
  const int64_t flag = i / p.stride;
  const int64_t sample = i % p.stride;
  if (flag < p.flags && sample < p.batch) p.mask[i] = p.rows[sample * p.flags + flag] != 0;
}

#else

namespace {

Grid one_thread_each(int64_t count) { return {ceil_divide(count, kThreads), kThreads}; }

float scale_of(double rate) { return static_cast<float>(1 / (1 - rate)); }

}  // namespace

int64_t CudaBackend::mask_bytes(int64_t flags, int64_t batch) const { return flags * batch_stride(batch); }

void CudaBackend::import_dropout_mask(const uint8_t* host, int64_t flags, int64_t batch, void* mask) {
  auto* const rows = scratch<uint8_t>(ScratchUse::host_values, flags * batch);
  upload(rows, host, flags * batch);
  const ImportMaskParameters p = {rows, static_cast<uint8_t*>(mask), flags, batch, batch_stride(batch)};
  run({"dropout", "dropout_mask_import_kernel"}, one_thread_each(flags * p.stride), p);
}

void CudaBackend::dropout(const ChannelBatch& shape, const float* x, const void* mask, double rate, float* y) {
  const DropoutParameters p = {reinterpret_cast<const float4*>(x),
                               static_cast<const uint32_t*>(mask),
                               reinterpret_cast<float4*>(y),
                               shape.shape.channels,
                               shape.shape.spatial,
                               batch_stride(shape.batch) / 4,
                               scale_of(rate)};
  run({"dropout", "dropout_kernel"}, one_thread_each(p.channels * p.spatial * p.quads), p);
}

void CudaBackend::draw_dropout(const Draw& draw, const ChannelBatch& shape, const float* x, double rate, void* mask,
                               float* y) {
  const bool a_flag_a_value = shape.shape.spatial == 1;
  DrawDropoutParameters p = {draw_for(draw), a_flag_a_value ? x : nullptr, static_cast<uint8_t*>(mask), y};
  p.channels = shape.shape.channels;
  p.together = p.channels % 4 == 0 ? 4 : 1;
  p.batch = shape.batch;
  p.stride = batch_stride(shape.batch);
  p.rate = static_cast<float>(rate);
  p.scale = scale_of(rate);
  run({"dropout", "draw_dropout_kernel"}, one_thread_each(p.channels / p.together * p.stride), p);
  if (!a_flag_a_value) dropout(shape, x, mask, rate, y);
}

#endif

}  // namespace bayesbinn::cuda
