// How kernels are launched. A kernel takes one plain struct, so that host and device cannot disagree on its parameters.
#pragma once

#include <type_traits>

#include "backends/cuda/driver/device.h"

namespace bayesbinn::cuda {

struct Grid {
  int64_t blocks;  // along x
  unsigned threads;
  unsigned shared = 0;  // bytes of dynamic shared memory
  unsigned y = 1, z = 1;
};

// ERR_SHAPE_MISMATCH for a grid beyond what a launch can have.
void launch_kernel(Device& device, StreamHandle stream, const KernelName& name, const Grid& grid, void* parameters);

template <class Parameters>
void launch(Device& device, StreamHandle stream, const KernelName& name, const Grid& grid,
            const Parameters& parameters) {
  static_assert(std::is_trivially_copyable_v<Parameters> && sizeof(Parameters) <= 4096);
  Parameters copy = parameters;
  launch_kernel(device, stream, name, grid, &copy);
}

}  // namespace bayesbinn::cuda
