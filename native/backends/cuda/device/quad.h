// Four floats, for accesses of 16 bytes: nvcc's own type, or one of the same size and alignment for the host's compiler.
#pragma once

#ifndef __CUDACC__
namespace bayesbinn::cuda {

struct alignas(16) float4 {
  float x, y, z, w;
};

}  // namespace bayesbinn::cuda
#endif
