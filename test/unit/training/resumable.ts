import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { randomFlip } from "../../../lib/augmentation/random-flip.js";
import { batchNorm } from "../../../lib/layers/batch-norm.js";
import { dropout } from "../../../lib/layers/dropout.js";
import { flatten } from "../../../lib/layers/flatten.js";
import { linear } from "../../../lib/layers/linear.js";
import { relu } from "../../../lib/layers/relu.js";
import { sequential } from "../../../lib/model/sequential.js";
import { Adam } from "../../../lib/optimizers/adam.js";
import { BayesBiNN } from "../../../lib/optimizers/bayesbinn.js";
import { cosine } from "../../../lib/schedules/cosine.js";
import type { FitOptions } from "../../../lib/training/fit-options.js";
import type { EpochRecord, History } from "../../../lib/training/history.js";
import { Trainer } from "../../../lib/training/trainer.js";
import { temporaryFolder } from "../../support/temporary-folder.js";
import { toyPoints } from "../../support/toy-data.js";

export const shape = [1, 1, 2];
export const train = toyPoints(97, shape);
export const validation = toyPoints(31, shape);

/** Everything that has a state: two optimizers, momentum, samples of weights, dropout, running statistics. */
export function open({ seed = 5, momentum = 0.9, threads = 1 } = {}): Trainer {
  const model = sequential({
    inputShape: shape,
    layers: [
      flatten(),
      linear({ units: 17 }),
      batchNorm({ affine: true }),
      relu(),
      dropout({ rate: 0.2 }),
      linear({ units: 3 }),
    ],
  });
  const schedules = { learningRate: cosine() };
  const bayesbinn = new BayesBiNN({
    learningRate: 0.02,
    temperature: 0.5,
    samples: 2,
    momentum,
    initialLambda: 1,
    schedules,
  });
  return new Trainer({ model, optimizer: [bayesbinn, new Adam()], seed, threads });
}

export const options = {
  train,
  validation,
  epochs: 6,
  batchSize: 10,
  augmentation: [randomFlip()],
  earlyStopping: { patience: 50 },
} satisfies FitOptions;

/** All that two fits have to agree on: records without durations, the weights that are left, and the best ones. */
export async function outcome(trainer: Trainer, history: History): Promise<unknown> {
  const path = join(temporaryFolder(), "model.safetensors");
  await trainer.model.save(path);
  const best = trainer.bestState?.map(({ name, data }) => [name, [...data]]);
  const bytes = (await readFile(path)).toString("base64");
  return { records: history.epochs.map(withoutDurations), bestEpoch: history.bestEpoch, bytes, best };
}

export function withoutDurations({ seconds: _, stepsPerSecond: __, ...record }: EpochRecord): object {
  return record;
}

/** A folder with a checkpoint of each epoch, and how the fit that wrote them ended. */
export async function uninterrupted(more: Partial<FitOptions> = {}): Promise<{ folder: string; expected: unknown }> {
  const folder = join(temporaryFolder(), "checkpoints");
  await using trainer = open();
  const history = await trainer.fit({ ...options, checkpoints: { folder, keep: 100 }, ...more });
  return { folder, expected: await outcome(trainer, history) };
}

export const file = (folder: string, epoch: number) => join(folder, `epoch-000${epoch}.safetensors`);
