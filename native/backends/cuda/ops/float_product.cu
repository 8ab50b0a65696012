// Products with weights of any value; product.cu launches them.
#include "backends/cuda/device/float_tile.h"
#include "backends/cuda/device/kernel.h"
#include "backends/cuda/device/product.h"

namespace bayesbinn::cuda {

#ifdef __CUDACC__

BB_KERNEL(kThreads) float_product_128x64_kernel(const ProductParameters p) {
  block_product<FloatTile128x64, FloatTile<FloatTile128x64>>(p);
}

BB_KERNEL(kThreads) float_product_64x32_kernel(const ProductParameters p) {
  block_product<FloatTile64x32, FloatTile<FloatTile64x32>>(p);
}

#endif

}  // namespace bayesbinn::cuda
