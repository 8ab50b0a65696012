#include "backends/cuda/cuda_backend.h"

namespace bayesbinn::cuda {

#ifndef __CUDACC__

#pragma GCC diagnostic ignored "-Wunused-parameter"
void CudaBackend::materialize(const OptimizerPass& pass) {
  throw Error(ErrorCode::internal, "cuda: materialize is not written yet");
}
void CudaBackend::materialize_mode(const OptimizerPass& pass) {
  throw Error(ErrorCode::internal, "cuda: materialize_mode is not written yet");
}
void CudaBackend::materialize_sample(const OptimizerPass& pass, const Noise& noise) {
  throw Error(ErrorCode::internal, "cuda: materialize_sample is not written yet");
}
int64_t CudaBackend::packed_bytes(const PackedShape& shape) const {
  throw Error(ErrorCode::internal, "cuda: packed_bytes is not written yet");
}
void CudaBackend::pack(const WeightSegment& segment, const float* values) {
  throw Error(ErrorCode::internal, "cuda: pack is not written yet");
}
void CudaBackend::unpack(const WeightSegment& segment, float* host) {
  throw Error(ErrorCode::internal, "cuda: unpack is not written yet");
}
void CudaBackend::draw_uniform(const Draw& draw, int64_t first, int64_t count, float* out) {
  throw Error(ErrorCode::internal, "cuda: draw_uniform is not written yet");
}

#endif

}  // namespace bayesbinn::cuda
