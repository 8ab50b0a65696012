// What works on each value by itself, and copies of parts of images.
#include "backends/cuda/cuda_backend.h"
#include "backends/cuda/device/kernel.h"
#include "backends/cuda/device/quad.h"
#include "base/scalar_math.h"

namespace bayesbinn::cuda {

// `quads` times four floats.
struct ElementwiseParameters {
  const float4* one;
  const float4* other;  // may be null
  float4* out;
  int64_t quads;
  bool tanh;
};

// `rows` of `columns` runs of four samples, `channels` times: where one of them begins in either image.
struct CopyPartParameters {
  const float4* from;
  float4* to;
  int64_t from_rows, from_columns, to_rows, to_columns;  // of the whole images
  int64_t channels, rows, columns, quads;                // of the part; quads a pixel
};

#ifdef __CUDACC__

template <class Function>
__device__ float4 by_value(const float4& a, const float4& b, Function&& function) {
  return make_float4(function(a.x, b.x), function(a.y, b.y), function(a.z, b.z), function(a.w, b.w));
}

BB_KERNEL(kThreads) add_kernel(const ElementwiseParameters p) {
  const int64_t i = thread_index();
  if (i < p.quads) p.out[i] = by_value(p.one[i], p.other[i], [](float a, float b) { return a + b; });
}

BB_KERNEL(kThreads) activate_kernel(const ElementwiseParameters p) {
  const int64_t i = thread_index();
  if (i >= p.quads) return;
  const float4 x = p.one[i];
  p.out[i] = by_value(x, x, [&](float a, float) { return p.tanh ? tanh_float(a) : relu(a); });
}

// From the output y of the activation, in `one`, and its gradient, in `other`.
BB_KERNEL(kThreads) activate_gradient_kernel(const ElementwiseParameters p) {
  const int64_t i = thread_index();
  if (i >= p.quads) return;
  p.out[i] = by_value(p.one[i], p.other[i],
                      [&](float y, float dy) { return p.tanh ? (1.0f - y * y) * dy : (y > 0.0f ? dy : 0.0f); });
}

BB_KERNEL(kThreads) copy_part_kernel(const CopyPartParameters p) {
  int64_t i = thread_index();
  if (i >= p.channels * p.rows * p.columns * p.quads) return;
  const int64_t quad = i % p.quads;
  i /= p.quads;
  const int64_t column = i % p.columns;
  i /= p.columns;
  const int64_t row = i % p.rows;
  const int64_t channel = i / p.rows;
  p.to[((channel * p.to_rows + row) * p.to_columns + column) * p.quads + quad] =
      p.from[((channel * p.from_rows + row) * p.from_columns + column) * p.quads + quad];
}

#else

namespace {

// Of tensors, which are whole runs of samples.
ElementwiseParameters of_tensors(const float* one, const float* other, Tensor out, int64_t batch) {
  return {reinterpret_cast<const float4*>(one), reinterpret_cast<const float4*>(other),
          reinterpret_cast<float4*>(out.data), out.features * batch_stride(batch) / 4, false};
}

Grid one_thread_each(int64_t count) { return {ceil_divide(count, kThreads), kThreads}; }

const float4* first_quad(const ImagePart& part, int64_t stride) {
  const int64_t pixel = (part.channel * part.shape.rows + part.row) * part.shape.columns + part.column;
  return reinterpret_cast<const float4*>(part.data + pixel * stride);
}

}  // namespace

void CudaBackend::add(Tensor one, Tensor other, Tensor out, int64_t batch) {
  const ElementwiseParameters p = of_tensors(one.data, other.data, out, batch);
  run({"elementwise", "add_kernel"}, one_thread_each(p.quads), p);
}

void CudaBackend::activate(Activation kind, Tensor x, Tensor y, int64_t batch) {
  ElementwiseParameters p = of_tensors(x.data, nullptr, y, batch);
  p.tanh = kind == Activation::tanh;
  run({"elementwise", "activate_kernel"}, one_thread_each(p.quads), p);
}

void CudaBackend::activate_gradient(Activation kind, Tensor y, Tensor dy, Tensor dx, int64_t batch) {
  ElementwiseParameters p = of_tensors(y.data, dy.data, dx, batch);
  p.tanh = kind == Activation::tanh;
  run({"elementwise", "activate_gradient_kernel"}, one_thread_each(p.quads), p);
}

void CudaBackend::zero(Tensor out, int64_t batch) {
  const auto bytes = static_cast<size_t>(activation_bytes(out.features, batch));
  device_->make_current();
  if (bytes > 0) BB_CUDA(api().memset_d8_async(reinterpret_cast<DevicePointer>(out.data), 0, bytes, stream_));
}

void CudaBackend::copy(Tensor from, Tensor to, int64_t batch) {
  copy(to.data, from.data, activation_bytes(to.features, batch));
}

void CudaBackend::copy_part(const ImagePart& from, const ImagePart& to, const ImageShape& size, int64_t batch) {
  const int64_t stride = batch_stride(batch);
  const CopyPartParameters p = {first_quad(from, stride),
                                const_cast<float4*>(first_quad(to, stride)),
                                from.shape.rows,
                                from.shape.columns,
                                to.shape.rows,
                                to.shape.columns,
                                size.channels,
                                size.rows,
                                size.columns,
                                stride / 4};
  run({"elementwise", "copy_part_kernel"}, one_thread_each(p.channels * p.rows * p.columns * p.quads), p);
}

#endif

}  // namespace bayesbinn::cuda
