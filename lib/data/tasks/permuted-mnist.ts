import { z } from "zod";
import { checkOptions } from "../../options/check.js";
import { loadMnist, mnistOptions } from "../mnist.js";
import { permuteFeatures } from "../permute-features.js";
import { type Task, type TaskSequence, taskOf } from "./task-sequence.js";

const name = "permuted-mnist";

/** Options of {@link loadPermutedMnist}. */
export const permutedMnistOptions = z.strictObject({
  tasks: z.int().min(1).max(1000).default(5).describe("Number of tasks"),
  seed: z.int().min(0).default(1).describe("Seed of the permutations"),
  first: z
    .enum(["permuted", "identity"])
    .default("permuted")
    .describe('Whether the first task has a permutation as well, or, with "identity", the pixels in their places'),
  folder: mnistOptions.shape.folder,
});

export type PermutedMnistOptions = z.input<typeof permutedMnistOptions>;

/**
 * Permuted MNIST: the digits once for each task, with the pixels of all images in an order of the task's own.
 *
 * Tasks are called `permutation-1`, `permutation-2`, ..., each with 10 classes. The images of a task, of training and test
 * alike, have its permutation, which depends on the seed and the task's number alone: more tasks change none of the first.
 * Tasks share the arrays; a batch is permuted when it is put together.
 *
 * ```ts
 * const tasks = await loadPermutedMnist({ tasks: 10, seed: 2 });
 * tasks[9].test.length; // 10000
 * ```
 *
 * Options:
 * - `tasks`: number of tasks, an integer >= 1 and <= 1000. Default `5`.
 * - `seed`: of the permutations, an integer >= 0. Default `1`.
 * - `first`: `"permuted"`, or `"identity"` for a first task with the pixels in their places, which is called `mnist`; the
 *   others are the same. Default `"permuted"`.
 * - `folder`: of the four files of MNIST. Default: as in `loadMnist`.
 *
 * Shapes: inputs `[length, 1, 28, 28]`, targets `[length]`, labels 0 to 9.
 *
 * Errors: those of `loadMnist`; `ERR_BINDING_LOAD`, since permutations come from the addon.
 *
 * Source: J. Kirkpatrick et al., "Overcoming catastrophic forgetting in neural networks", 2017; X. Meng, R.
 * Bachmann, M. E. Khan, "Training binary neural networks using the Bayesian learning rule", 2020.
 */
export async function loadPermutedMnist(options: PermutedMnistOptions = {}): Promise<Task[]> {
  const { tasks, seed, first, folder } = checkOptions(permutedMnistOptions, options, "loadPermutedMnist");
  const { train, test } = await loadMnist({ ...(folder !== undefined && { folder }) });
  return Array.from({ length: tasks }, (_, draw) => {
    if (draw === 0 && first === "identity") return taskOf(name, "mnist", { train, test });
    const permuted = permuteFeatures(train, { seed, draw });
    const { permutation } = permuted;
    return taskOf(name, `permutation-${draw + 1}`, { train: permuted, test: { ...test, permutation: permutation! } });
  });
}

/** Permuted MNIST in the list of task sequences. */
export const permutedMnist: TaskSequence<typeof permutedMnistOptions> = {
  name,
  description: "MNIST with the pixels in another order for each task",
  options: permutedMnistOptions,
  load: loadPermutedMnist,
};
