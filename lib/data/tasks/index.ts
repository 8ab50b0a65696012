import { mnistThenFashion } from "./mnist-then-fashion.js";
import { permutedMnist } from "./permuted-mnist.js";
import { splitMnist } from "./split-mnist.js";
import type { TaskSequence } from "./task-sequence.js";

/** Every sequence of tasks that can be named. A new one is its own file and one line here. */
export const taskSequences = [permutedMnist, splitMnist, mnistThenFashion] as const satisfies readonly TaskSequence[];
