#include "base/error.h"

namespace bayesbinn {

const char* to_string(ErrorCode code) {
  switch (code) {
    case ErrorCode::option_unknown: return "ERR_OPTION_UNKNOWN";
    case ErrorCode::option_type: return "ERR_OPTION_TYPE";
    case ErrorCode::option_range: return "ERR_OPTION_RANGE";
    case ErrorCode::shape_mismatch: return "ERR_SHAPE_MISMATCH";
    case ErrorCode::device_unavailable: return "ERR_DEVICE_UNAVAILABLE";
    case ErrorCode::cuda: return "ERR_CUDA";
    case ErrorCode::out_of_memory: return "ERR_OUT_OF_MEMORY";
    case ErrorCode::numeric: return "ERR_NUMERIC";
    case ErrorCode::checkpoint_mismatch: return "ERR_CHECKPOINT_MISMATCH";
    case ErrorCode::optimizer_claim: return "ERR_OPTIMIZER_CLAIM";
    case ErrorCode::busy: return "ERR_BUSY";
    case ErrorCode::disposed: return "ERR_DISPOSED";
    case ErrorCode::dataset_format: return "ERR_DATASET_FORMAT";
    case ErrorCode::internal: return "ERR_INTERNAL";
  }
  return "ERR_INTERNAL";
}

}  // namespace bayesbinn
