#include "backends/cuda/driver/launch.h"

#include <cstdlib>

namespace bayesbinn::cuda {
namespace {

void check_launch(Result result, const KernelName& name, const Grid& grid) {
  if (result == kSuccess) return;
  const std::string what = std::string(name.kernel) + " of " + name.file + ".cu, " + std::to_string(grid.blocks) + "x" +
                           std::to_string(grid.y) + "x" + std::to_string(grid.z) + " blocks of " +
                           std::to_string(grid.threads) + " threads";
  check(result, what.c_str(), "launch", static_cast<int>(grid.threads));
}

}  // namespace

void launch_kernel(Device& device, StreamHandle stream, const KernelName& name, const Grid& grid, void* parameters) {
  if (grid.blocks == 0 || grid.y == 0 || grid.z == 0) return;
  if (grid.blocks < 0 || grid.blocks > 0x7fffffff || grid.y > 65535 || grid.z > 65535) {
    throw Error(ErrorCode::shape_mismatch, "cuda: " + std::string(name.kernel) + " for " + std::to_string(grid.blocks) +
                                               " blocks, accepted: up to 2^31 - 1");
  }
  device.make_current();
  const FunctionHandle function = device.function(name, grid.shared);
  void* list[] = {parameters};
  check_launch(api().launch_kernel(function, static_cast<unsigned>(grid.blocks), grid.y, grid.z, grid.threads, 1, 1,
                                   grid.shared, stream, list, nullptr),
               name, grid);
}

}  // namespace bayesbinn::cuda
