// The kernels as PTX text, embedded by the build.
#pragma once

#include <span>

namespace bayesbinn::cuda {

// One file of ops/, compiled for capability 7.5 and for 8.0.
struct PtxFile {
  const char* name;  // "elementwise"
  const char* compute_75;
  const char* compute_80;
};

std::span<const PtxFile> ptx_files();

}  // namespace bayesbinn::cuda
