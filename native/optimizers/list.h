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

// X(type, kName)
#define BB_METHODS(X)     \
  X(BayesBinn, bayesbinn) \
  X(Ste, ste)             \
  X(Bop, bop)             \
  X(Pmf, pmf)             \
  X(Adam, adam)           \
  X(Sgd, sgd)

#define BB_METHOD_TYPE(type, name) , type
using Optimizers = WithoutFirst<void BB_METHODS(BB_METHOD_TYPE)>::List;
#undef BB_METHOD_TYPE

}  // namespace bayesbinn
