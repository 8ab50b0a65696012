// What the host's memory still has room for: asked before something large is allocated, since the system promises
// more than it has and ends processes that take it.
#pragma once

#include <cstdint>
#include <string>

namespace bayesbinn {

// ERR_OUT_OF_MEMORY where `what` takes more bytes than are free: in the machine, and within the limits of the control
// groups that this process is in. Checks nothing where the system does not tell.
void require_memory(const std::string& what, int64_t bytes);

// The error for `bytes` that `what` cannot have.
[[noreturn]] void refuse_memory(const std::string& what, int64_t bytes);

}  // namespace bayesbinn
