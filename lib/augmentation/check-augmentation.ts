import type { Shape } from "../layers/layer.js";
import { showShape, sizeOf } from "../layers/shape.js";
import { BayesBinnError } from "../native/errors.js";
import { outOfRange } from "../options/check.js";
import type { Augmentation } from "./augmentation.js";
import { augmentationTypeOf } from "./augmentation-schema.js";

/** What an augmentation has to suit. */
export interface AugmentedNetwork {
  readonly inputShape: Shape;
  readonly outputShape: Shape;
  /** Rows and columns of targets that have a value a pixel; absent: those of the output. */
  readonly targetShape?: Shape | undefined;
}

/**
 * Holds an augmentation against itself and the network whose training samples it is meant for.
 *
 * Targets that belong to a sample as a whole stay as they are. Where the network's output is `[channels, rows, columns]`
 * with more than one position, or targets have a shape, there is a value a pixel, which moves with the image: that needs a
 * value beyond the edges (`fill: "reflect"`, or steps that stay within the image), and steps that mirror or turn about the
 * centre where the targets have other rows or columns than the input, since the two only share their centre then.
 *
 * @param path name of the augmentation in messages
 * @throws BayesBinnError `ERR_SHAPE_MISMATCH`, `ERR_OPTION_RANGE`
 */
export function checkAugmentation(steps: readonly Augmentation[], network: AugmentedNetwork, path: string): void {
  if (steps.length === 0) return;
  const { inputShape, outputShape, targetShape } = network;
  if (inputShape.length !== 3) {
    const what = inputShape.length === 1 ? "vectors" : "other samples than images";
    const accepted = "a network of images, such as vggBinaryConnect or lrnetSmall";
    throw mismatch(path, `the network reads ${what} (${showShape(inputShape)}), accepted: ${accepted}`);
  }
  checkFills(steps, path);
  checkOnce(steps, path);
  checkSquare(steps, inputShape, `the model's input`, path);
  if (targetShape !== undefined || sizeOf(outputShape) > outputShape[0]!) checkTargets(steps, network, path);
}

/** An image is resampled once, so that all steps show the same beyond its edges. */
function checkFills(steps: readonly Augmentation[], path: string): void {
  const first = steps.findIndex(({ options }) => options["fill"] !== undefined);
  steps.forEach(({ options: { fill } }, index) => {
    const wanted = steps[first]?.options["fill"];
    if (fill === undefined || fill === wanted) return;
    throw outOfRange(`${path}[${index}].fill`, fill, `"${wanted}", as in ${path}[${first}]: one for all steps`);
  });
}

/** Native code interpolates one displacement between two affine maps. */
function checkOnce(steps: readonly Augmentation[], path: string): void {
  steps.forEach((step, index) => {
    if (!augmentationTypeOf(step).onceOnly || steps.findIndex(({ type }) => type === step.type) === index) return;
    throw outOfRange(`${path}[${index}].type`, step.type, "one such step at most");
  });
}

function checkSquare(steps: readonly Augmentation[], shape: Shape, what: string, path: string): void {
  const index = steps.findIndex((step) => augmentationTypeOf(step).squareOnly);
  if (index < 0 || shape[1] === shape[2]) return;
  throw mismatch(
    `${path}[${index}]`,
    `${what} has shape ${showShape(shape)}, but ${steps[index]!.type} takes only square images`,
  );
}

function checkTargets(
  steps: readonly Augmentation[],
  { inputShape, outputShape, targetShape = outputShape.slice(1) }: AugmentedNetwork,
  path: string,
): void {
  if (outputShape.length !== 3) {
    const accepted = "[channels, rows, columns], so that targets move with their pixels";
    throw mismatch(path, `the model's output has shape ${showShape(outputShape)}, accepted: ${accepted}`);
  }
  const leaving = steps.findIndex((step) => augmentationTypeOf(step).leaves(step.options));
  if (leaving >= 0 && steps[leaving]!.options["fill"] !== "reflect") {
    const accepted = '"reflect" where targets have a value a pixel: there are none beyond the edges';
    throw outOfRange(`${path}[${leaving}].fill`, steps[leaving]!.options["fill"], accepted);
  }
  const [rows, columns] = targetShape;
  if (inputShape[1] === rows && inputShape[2] === columns) return;
  const moving = steps.findIndex((step) => !augmentationTypeOf(step).keepsCentre);
  if (moving >= 0) {
    const shapes = `${showShape(inputShape)} to ${showShape(outputShape)} with targets of ${rows}x${columns}`;
    throw mismatch(
      `${path}[${moving}]`,
      `${steps[moving]!.type} given for a model from ${shapes}, accepted where rows and columns of the targets are others ` +
        "than the image's: steps that only mirror or make quarter turns; masks of the image's size go along with all",
    );
  }
  checkSquare(steps, outputShape, "the model's output", path);
}

function mismatch(path: string, problem: string): BayesBinnError {
  return new BayesBinnError("ERR_SHAPE_MISMATCH", `${path}: ${problem}`, { path });
}
