// Every method. To add one: write its header and name it here.
#pragma once

#include "base/type_list.h"
#include "optimizers/adam.h"
#include "optimizers/bayesbinn.h"

namespace bayesbinn {

using Optimizers = TypeList<BayesBinn, Adam>;

}  // namespace bayesbinn
