import { z } from "zod";
import { checkOptions } from "../../options/check.js";
import { fashionMnist, fashionMnistOptions, loadFashionMnist } from "../fashion-mnist.js";
import { loadMnist, mnist, mnistOptions } from "../mnist.js";
import { type Task, type TaskSequence, taskOf } from "./task-sequence.js";

const name = "mnist-then-fashion";

/** Options of {@link loadMnistThenFashion}. */
export const mnistThenFashionOptions = z.strictObject({
  mnistFolder: mnistOptions.shape.folder,
  fashionFolder: fashionMnistOptions.shape.folder,
});

export type MnistThenFashionOptions = z.input<typeof mnistThenFashionOptions>;

/**
 * MNIST, then Fashion-MNIST: two tasks of 10 classes, called `mnist` and `fashion-mnist`, which share the outputs of a
 * network. Each is normalised by its own mean and standard deviation.
 *
 * ```ts
 * const [digits, clothing] = await loadMnistThenFashion();
 * ```
 *
 * Options:
 * - `mnistFolder`: of the four files of MNIST. Default: as in `loadMnist`.
 * - `fashionFolder`: of the four files of Fashion-MNIST. Default: as in `loadFashionMnist`.
 *
 * Shapes: inputs `[length, 1, 28, 28]`, targets `[length]`, labels 0 to 9.
 *
 * Errors: those of `loadMnist` and `loadFashionMnist`.
 */
export async function loadMnistThenFashion(options: MnistThenFashionOptions = {}): Promise<Task[]> {
  const { mnistFolder, fashionFolder } = checkOptions(mnistThenFashionOptions, options, "loadMnistThenFashion");
  const digits = await loadMnist({ ...(mnistFolder !== undefined && { folder: mnistFolder }) });
  const clothing = await loadFashionMnist({ ...(fashionFolder !== undefined && { folder: fashionFolder }) });
  return [taskOf(name, mnist.name, digits), taskOf(name, fashionMnist.name, clothing)];
}

/** MNIST, then Fashion-MNIST, in the list of task sequences. */
export const mnistThenFashion: TaskSequence<typeof mnistThenFashionOptions> = {
  name,
  description: "MNIST, then Fashion-MNIST, 10 classes each",
  options: mnistThenFashionOptions,
  load: loadMnistThenFashion,
};
