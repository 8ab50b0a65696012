/**
 * Binary neural networks trained with the Bayesian learning rule. The public API on one page.
 *
 * @module
 */

// Networks: layers in a list, or a graph of them.

export { functional, input, merge, type SymbolicTensor } from "./model/functional.js";
export type { GraphNode, ModelLayer, ModelParameter } from "./model/graph.js";
export { Model } from "./model/model.js";
export { sequential } from "./model/sequential.js";

// Networks of the paper, ready to build.

export { lrnetBig } from "./architectures/lrnet-big.js";
export { lrnetSmall } from "./architectures/lrnet-small.js";
export { mlpBinaryConnect } from "./architectures/mlp-binary-connect.js";
export { mlpContinual } from "./architectures/mlp-continual.js";
export { toyMlp } from "./architectures/toy-mlp.js";
export { unet } from "./architectures/unet.js";
export { type UnetSizeOptions, unetInputSizes, unetOutputSize } from "./architectures/unet-sizes.js";
export { vggBinaryConnect } from "./architectures/vgg-binary-connect.js";

// Layers.

export { add } from "./layers/add.js";
export { averagePool2d } from "./layers/average-pool2d.js";
export { batchNorm } from "./layers/batch-norm.js";
export { centerCrop2d } from "./layers/center-crop2d.js";
export { concatenate } from "./layers/concatenate.js";
export { convTranspose2d } from "./layers/conv-transpose2d.js";
export { conv2d } from "./layers/conv2d.js";
export { dropout } from "./layers/dropout.js";
export { dropout2d } from "./layers/dropout2d.js";
export { flatten } from "./layers/flatten.js";
export { globalAveragePool2d } from "./layers/global-average-pool2d.js";
export { globalMaxPool2d } from "./layers/global-max-pool2d.js";
export type { Layer, ParameterKind, Shape } from "./layers/layer.js";
export { linear } from "./layers/linear.js";
export { maxPool2d } from "./layers/max-pool2d.js";
export { relu } from "./layers/relu.js";
export { tanh } from "./layers/tanh.js";

// Losses.

export { binaryCrossEntropy } from "./losses/binary-cross-entropy.js";
export type { Loss } from "./losses/loss.js";
export { meanSquaredError } from "./losses/mean-squared-error.js";
export { softmaxCrossEntropy } from "./losses/softmax-cross-entropy.js";
export { squaredHinge } from "./losses/squared-hinge.js";

// Optimizers.

export { Adam, type AdamOptions } from "./optimizers/adam.js";
export { BayesBiNN, type BayesBiNNOptions } from "./optimizers/bayesbinn.js";
export { Bop, type BopOptions } from "./optimizers/bop.js";
export { Optimizer } from "./optimizers/optimizer.js";
export { PMF, type PMFOptions } from "./optimizers/pmf.js";
export { SGD, type SGDOptions } from "./optimizers/sgd.js";
export { STE, type STEOptions } from "./optimizers/ste.js";

// Schedules of hyperparameters.

export { constant } from "./schedules/constant.js";
export { cosine } from "./schedules/cosine.js";
export { exponential } from "./schedules/exponential.js";
export { multiStep } from "./schedules/multi-step.js";
export type { Schedule, TrainingPlace } from "./schedules/schedule.js";
export { scheduleValue } from "./schedules/schedule-value.js";
export { staircase } from "./schedules/staircase.js";

// Training, evaluation, prediction.

export type { EvaluateOptions, Evaluation } from "./model/evaluate.js";
export type { Prediction, PredictOptions } from "./model/predict.js";
export type { SegmentedImage, SegmentOptions } from "./model/segmentation/segment.js";
export { auroc } from "./predict/auroc.js";
export {
  type Calibration,
  type CalibrationOptions,
  calibration,
  type ReliabilityBin,
} from "./predict/calibration.js";
export type { Probabilities } from "./predict/check-probabilities.js";
export { type ConfusionMatrixOptions, confusionMatrix } from "./predict/confusion-matrix.js";
export {
  type Segmentation,
  type SegmentationScores,
  segmentationScores,
} from "./predict/segmentation-scores.js";
export type { BatchProgress, Callback, TrainPlan } from "./training/callback.js";
export type { AccuracyMatrix, ContinualHistory, TaskEvaluation } from "./training/continual/continual-history.js";
export type {
  ContinualCallback,
  ContinualFitOptions,
  ContinualTrainerOptions,
} from "./training/continual/continual-options.js";
export { ContinualTrainer } from "./training/continual/continual-trainer.js";
export type { FitOptions } from "./training/fit-options.js";
export type { Distribution, EpochRecord, History, Metrics } from "./training/history.js";
export { Trainer, type TrainerOptions } from "./training/trainer.js";

// Logs of training.

export { type CsvLoggerOptions, csvLogger } from "./loggers/csv-logger.js";
export { type JsonLinesLoggerOptions, jsonLinesLogger } from "./loggers/json-lines-logger.js";
export { type TensorBoardOptions, tensorBoard } from "./loggers/tensor-board.js";

// Augmentation of training images.

export type { Augmentation } from "./augmentation/augmentation.js";
export { randomCrop } from "./augmentation/random-crop.js";
export { randomElastic } from "./augmentation/random-elastic.js";
export { randomFlip } from "./augmentation/random-flip.js";
export { randomQuarterTurn } from "./augmentation/random-quarter-turn.js";
export { randomRotation } from "./augmentation/random-rotation.js";

// Data.

export { balancedClassWeights } from "./data/balanced-class-weights.js";
export { type Cifar10Options, loadCifar10 } from "./data/cifar/cifar10.js";
export { type Cifar10JpegOptions, loadCifar10Jpeg } from "./data/cifar/cifar10-jpeg.js";
export { type Cifar100Options, loadCifar100 } from "./data/cifar/cifar100.js";
export type { Dataset, Normalization } from "./data/dataset.js";
export { type FashionMnistOptions, loadFashionMnist } from "./data/fashion-mnist.js";
export { type ArraysOptions, fromArrays } from "./data/from-arrays.js";
export { type ImageFolderOptions, loadImageFolder } from "./data/images/image-folder.js";
export { loadMnist, type MnistOptions } from "./data/mnist.js";
export type { Moments } from "./data/moments.js";
export type { DatasetPair } from "./data/named-dataset.js";
export { type PermuteFeaturesOptions, permuteFeatures } from "./data/permute-features.js";
export { type Isbi2012Options, loadIsbi2012 } from "./data/segmentation/isbi2012.js";
export { loadMaskFolder, type MaskFolderOptions } from "./data/segmentation/mask-folder.js";
export { loadSnelson, snelsonGrid, snelsonScaling } from "./data/snelson.js";
export { subset } from "./data/subset.js";
export { type TileOptions, tileDataset } from "./data/tiles/tile-dataset.js";
export type { Tile, TiledImage, Tiling } from "./data/tiles/tiling.js";
export { loadTwoMoons, type TwoMoonsOptions } from "./data/two-moons.js";
export { splitDataset } from "./training/split.js";

// Sequences of tasks, for continual learning.

export { loadMnistThenFashion, type MnistThenFashionOptions } from "./data/tasks/mnist-then-fashion.js";
export { loadPermutedMnist, type PermutedMnistOptions } from "./data/tasks/permuted-mnist.js";
export { loadSplitMnist, type SplitMnistOptions } from "./data/tasks/split-mnist.js";
export type { Task, TaskSequence } from "./data/tasks/task-sequence.js";

// Errors, and what the machine can do.

export type { DeviceName, NamedTensor, SessionDescription, SessionProfile, SystemInfo } from "./native/contract.js";
export { BayesBinnError, type ErrorCode, errorCodes } from "./native/errors.js";
export { systemInfo } from "./native/system-info.js";
