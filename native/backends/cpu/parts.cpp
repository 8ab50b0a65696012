// Copies of images and of parts of them. With samples innermost a row of a part is one run of memory.
#include <cstring>

#include "backends/cpu/cpu_backend.h"
#include "backends/cpu/element_blocks.h"

namespace bayesbinn::BAYESBINN_ISA {
namespace {

// Where a row of the part begins.
float* row_of(const ImagePart& part, int64_t channel, int64_t row, int64_t stride) {
  const int64_t line = (part.channel + channel) * part.shape.rows + part.row + row;
  return part.data + (line * part.shape.columns + part.column) * stride;
}

}  // namespace

void CpuBackend::zero(Tensor out, int64_t batch) {
  in_blocks(out.features * batch_stride(batch), kElementBlock, [&](int64_t begin, int64_t end) {
    std::memset(out.data + begin, 0, static_cast<size_t>(end - begin) * sizeof(float));
  });
}

void CpuBackend::copy(Tensor from, Tensor to, int64_t batch) {
  in_blocks(from.features * batch_stride(batch), kElementBlock, [&](int64_t begin, int64_t end) {
    std::memcpy(to.data + begin, from.data + begin, static_cast<size_t>(end - begin) * sizeof(float));
  });
}

void CpuBackend::copy_part(const ImagePart& from, const ImagePart& to, const ImageShape& size, int64_t batch) {
  const int64_t stride = batch_stride(batch);
  const auto run = static_cast<size_t>(size.columns * stride) * sizeof(float);
  in_blocks(size.channels, channel_block(size.rows * size.columns * stride), [&](int64_t begin, int64_t end) {
    for (int64_t c = begin; c < end; ++c) {
      for (int64_t r = 0; r < size.rows; ++r) std::memcpy(row_of(to, c, r, stride), row_of(from, c, r, stride), run);
    }
  });
}

}  // namespace bayesbinn::BAYESBINN_ISA
