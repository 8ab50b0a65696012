// Every method. To add one: write its header and name it here.
#pragma once

#include "base/type_list.h"
#include "optimizers/adam.h"
#include "optimizers/bayesbinn.h"
#include "optimizers/bop.h"
#include "optimizers/pmf.h"
#include "optimizers/sgd.h"
#include "optimizers/ste.h"

namespace bayesbinn {

using Optimizers = TypeList<BayesBinn, Ste, Bop, Pmf, Adam, Sgd>;

}  // namespace bayesbinn
