import { subset } from "../../data/subset.js";
import type { Task } from "../../data/tasks/task-sequence.js";
import type { EvaluateOptions } from "../../model/evaluate.js";
import type { NamedTensor } from "../../native/contract.js";
import type { Trainer } from "../trainer.js";

/** Which batch-norm statistics a task is evaluated with; the names are those of the option `batchNorm`. */
export interface BatchNormPolicy {
  /** The task that was trained last ends: `trainer` has its statistics. */
  taskEnd(trainer: Trainer, task: number): Promise<void>;
  /** Test accuracy on a task, by number. */
  evaluate(trainer: Trainer, task: number, options: EvaluateOptions): Promise<number>;
}

export const batchNormPolicyNames = ["shared", "task", "reestimated"] as const;

/** The policy of this name for a sequence of tasks. */
export function batchNormPolicy(
  name: (typeof batchNormPolicyNames)[number],
  tasks: readonly Task[],
  reestimationSamples: number,
): BatchNormPolicy {
  const test = async (trainer: Trainer, task: number, options: EvaluateOptions) =>
    (await trainer.evaluate(tasks[task]!.test, options)).accuracy!;
  const shared: BatchNormPolicy = { taskEnd: async () => undefined, evaluate: test };
  if (name === "shared") return shared;
  if (name === "task") return new OwnStatistics(shared);
  const samples = tasks.map(({ train }) => {
    const length = Math.min(train.length, reestimationSamples);
    return subset(
      train,
      Uint32Array.from({ length }, (_, i) => Math.floor((i * train.length) / length)),
    );
  });
  return {
    ...shared,
    evaluate: (trainer, task, options) => test(trainer, task, { ...options, reestimateBatchNorm: samples[task]! }),
  };
}

/** Running statistics by task: those at the end of its training, and for tasks that have not ended those of the moment. */
class OwnStatistics implements BatchNormPolicy {
  readonly #kept: (readonly NamedTensor[])[] = [];

  constructor(private readonly shared: BatchNormPolicy) {}

  async taskEnd({ session, model }: Trainer, task: number): Promise<void> {
    const parameters = new Set(model.parameters().map(({ name }) => name));
    // All that a model holds beside its parameters are running statistics.
    this.#kept[task] = (await session.getState("model")).filter(({ name }) => !parameters.has(name));
  }

  async evaluate(trainer: Trainer, task: number, options: EvaluateOptions): Promise<number> {
    const own = this.#kept[task];
    if (own === undefined) return this.shared.evaluate(trainer, task, options);
    const { session } = trainer;
    const state = await session.getState("model");
    const of = new Map(own.map((tensor) => [tensor.name, tensor]));
    await session.setState(
      "model",
      state.map((tensor) => of.get(tensor.name) ?? tensor),
    );
    try {
      return await this.shared.evaluate(trainer, task, options);
    } finally {
      await session.setState("model", state);
    }
  }
}
