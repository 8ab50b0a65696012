import { z } from "zod";
import { BayesBinnError } from "../../native/errors.js";
import { checkOptions } from "../../options/check.js";
import type { Dataset } from "../dataset.js";
import { loadMnist, mnist, mnistOptions } from "../mnist.js";
import { subset } from "../subset.js";
import { type Task, type TaskSequence, taskOf } from "./task-sequence.js";

const name = "split-mnist";
const digits = mnist.classes as number;

/** Options of {@link loadSplitMnist}. */
export const splitMnistOptions = z.strictObject({
  classesPerTask: z
    .literal([2, 5, 10])
    .default(2)
    .describe("Digits of a task, of which the ten make whole tasks: 2, 5 or 10"),
  folder: mnistOptions.shape.folder,
});

export type SplitMnistOptions = z.input<typeof splitMnistOptions>;

/**
 * Split MNIST: the digits 0 and 1, then 2 and 3, and so on, each pair (or more digits) a task.
 *
 * The labels of a task are counted from 0, so that all tasks share the outputs of one network: the domain-incremental
 * scenario. Tasks are called `digits-0-1`, `digits-2-3`, ..., after their first and last digit, have their digits as
 * `classNames`, and share the arrays.
 *
 * ```ts
 * const tasks = await loadSplitMnist();
 * tasks[1].train.classNames; // ["2", "3"]
 * ```
 *
 * Options:
 * - `classesPerTask`: digits of a task: 2, 5 or 10. Default `2`.
 * - `folder`: of the four files of MNIST. Default: as in `loadMnist`.
 *
 * Shapes: inputs `[length, 1, 28, 28]`, targets a label for each stored image, `indices` those of the task; labels 0 to
 * `classesPerTask - 1`.
 *
 * Errors: those of `loadMnist`; `ERR_DATASET_FORMAT` where the files have no image of a task.
 *
 * Source: G. M. van de Ven, A. S. Tolias, "Three scenarios for continual learning", 2019.
 */
export async function loadSplitMnist(options: SplitMnistOptions = {}): Promise<Task[]> {
  const { classesPerTask, folder } = checkOptions(splitMnistOptions, options, "loadSplitMnist");
  const { train, test } = await loadMnist({ ...(folder !== undefined && { folder }) });
  const [trainParts, testParts] = [split(train, classesPerTask), split(test, classesPerTask)];
  return trainParts.map((part, task) => {
    const last = (task + 1) * classesPerTask - 1;
    return taskOf(name, `digits-${task * classesPerTask}-${last}`, { train: part, test: testParts[task]! });
  });
}

/** The samples of each task. */
function split(dataset: Dataset, classesPerTask: number): Dataset[] {
  // Within a task, labels are what is left by dividing: one array serves all tasks.
  const targets = Int32Array.from(dataset.targets, (digit) => digit % classesPerTask);
  return Array.from({ length: digits / classesPerTask }, (_, task) => {
    const positions: number[] = [];
    dataset.targets.forEach((digit, at) => {
      if (Math.floor(digit / classesPerTask) === task) positions.push(at);
    });
    const first = task * classesPerTask;
    if (positions.length === 0) {
      const message = `${dataset.name}: no image of the digits ${first} to ${first + classesPerTask - 1}`;
      throw new BayesBinnError("ERR_DATASET_FORMAT", message, { dataset: dataset.name, task });
    }
    const classNames = Array.from({ length: classesPerTask }, (_, label) => String(first + label));
    return subset({ ...dataset, targets, classes: classesPerTask, classNames }, positions);
  });
}

/** Split MNIST in the list of task sequences. */
export const splitMnist: TaskSequence<typeof splitMnistOptions> = {
  name,
  description: "MNIST, a few digits a task, labels counted from 0 in each",
  options: splitMnistOptions,
  load: loadSplitMnist,
};
