// Every step of an augmentation. To add one: write its header and name it here.
#pragma once

#include "augmentations/random_crop.h"
#include "augmentations/random_elastic.h"
#include "augmentations/random_flip.h"
#include "augmentations/random_quarter_turn.h"
#include "augmentations/random_rotation.h"
#include "base/type_list.h"

namespace bayesbinn {

using Augmentations = TypeList<RandomCrop, RandomFlip, RandomRotation, RandomQuarterTurn, RandomElastic>;

}  // namespace bayesbinn
