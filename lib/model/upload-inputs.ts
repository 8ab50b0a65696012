import type { Dataset } from "../data/dataset.js";
import { networkInputs } from "../data/network-inputs.js";
import { validateDataset } from "../data/validate.js";
import { sizeOf } from "../layers/shape.js";
import type { Loss } from "../losses/loss.js";
import { lossTypeOf } from "../losses/loss-type-of.js";
import type { PredictCall } from "../native/contract.js";
import { BayesBinnError, type ErrorCode } from "../native/errors.js";
import { checkDataset, type Network } from "./check-dataset.js";
import type { Session } from "./session.js";

/** Samples of a native prediction. */
export type InputSource = Pick<PredictCall, "dataset" | "inputs">;

/** What unfit targets are refused with, and unfit inputs as well. */
const unfit: readonly ErrorCode[] = ["ERR_SHAPE_MISMATCH", "ERR_OPTION_RANGE", "ERR_OPTION_TYPE", "ERR_NUMERIC"];

/** Targets that stand in for unfit ones, by inputs and kind, so that inputs are uploaded once. */
const substitutes = new WeakMap<Dataset["inputs"], Map<string, Dataset["targets"]>>();

/**
 * A data set whose inputs alone are wanted, as a native call takes it: targets that the network has no use for, such as
 * those of other classes, do not matter.
 *
 * @throws BayesBinnError what makes the inputs unfit
 */
export function uploadInputs(network: Network, loss: Loss, session: Session, dataset: Dataset): InputSource {
  try {
    checkDataset(network, loss, dataset, dataset.name);
    return { dataset: session.dataset(dataset) };
  } catch (error) {
    if (!(error instanceof BayesBinnError && unfit.includes(error.code))) throw error;
    const substitute = withoutTargets(network, loss, dataset);
    if (substitute !== undefined) return { dataset: session.dataset(substitute) };
    // No data set has labels for each position of something else than an image.
    const { targetShape: _, classes: __, classNames: ___, ...rest } = dataset;
    validateDataset({ ...rest, targets: new Float32Array(storedSamples(dataset)), targetWidth: 1 });
    return { inputs: networkInputs(dataset) };
  }
}

function withoutTargets({ outputShape }: Network, loss: Loss, dataset: Dataset): Dataset | undefined {
  const labels = lossTypeOf(loss).targets === "labels";
  const [channels, ...pixels] = outputShape as [number, ...number[]];
  const width = labels ? sizeOf(pixels) : sizeOf(outputShape);
  if (labels && pixels.length !== 2 && width > 1) return undefined;
  const stored = storedSamples(dataset);
  const known = substitutes.get(dataset.inputs) ?? new Map<string, Dataset["targets"]>();
  substitutes.set(dataset.inputs, known);
  const kind = `${labels} ${width} ${stored}`;
  const targets = known.get(kind) ?? new (labels ? Int32Array : Float32Array)(stored * width);
  known.set(kind, targets);
  const { classes: _, classNames: __, targetShape: ___, ...rest } = dataset;
  return {
    ...rest,
    targets,
    targetWidth: width,
    ...(labels && { classes: channels }),
    ...(labels && pixels.length === 2 && { targetShape: pixels as [number, number] }),
  };
}

function storedSamples({ inputs, sampleShape }: Dataset): number {
  return Math.floor(inputs.length / sizeOf(sampleShape));
}
