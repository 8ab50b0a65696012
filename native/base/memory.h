// What the host's memory still has room for: asked before something large is allocated, since the system promises
// more than it has and ends processes that take it.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <vector>

namespace bayesbinn {

// ERR_OUT_OF_MEMORY where `what` takes more bytes than are free: in the machine, and within the limits of the control
// groups that this process is in. Checks nothing where the system does not tell.
void require_memory(const std::string& what, int64_t bytes);

// As many floats as the product of `sizes`, all 0. ERR_OUT_OF_MEMORY as above: a few words of a call, such as repeated
// samples or draws, can ask for far more than there is.
std::vector<float> zeros(const std::string& what, std::initializer_list<int64_t> sizes);

// The error for `bytes` that `what` cannot have.
[[noreturn]] void refuse_memory(const std::string& what, int64_t bytes);

}  // namespace bayesbinn
