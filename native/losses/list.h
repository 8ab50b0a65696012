// Every loss. To add one: write its header and name it here.
#pragma once

#include "base/type_list.h"
#include "losses/binary_cross_entropy.h"
#include "losses/mean_squared_error.h"
#include "losses/softmax_cross_entropy.h"
#include "losses/squared_hinge.h"

namespace bayesbinn {

#define BB_LOSSES(X) X(SoftmaxCrossEntropy) X(SquaredHinge) X(BinaryCrossEntropy) X(MeanSquaredError)

using Losses = BB_TYPE_LIST(BB_LOSSES);

}  // namespace bayesbinn
