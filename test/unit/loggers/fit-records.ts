import type { Callback } from "../../../lib/training/callback.js";
import type { EpochRecord } from "../../../lib/training/history.js";

/** A record with everything that there can be; numbers tell the epoch. */
export function fullRecord(epoch: number): EpochRecord {
  return {
    epoch,
    learningRate: 1e-4 / epoch,
    hyperparameters: { "bayesbinn.learningRate": 1e-4 / epoch, "bayesbinn.temperature": 0.5 },
    train: { loss: epoch + 0.25, accuracy: 0.5 },
    validation: { loss: epoch + 0.5, accuracy: 0.625 },
    test: { loss: epoch + 0.75, accuracy: 0.75 },
    flipRatio: 2 ** -epoch,
    distribution: { quantity: "probability", low: 0, high: 1, counts: [5, 0, 2, 1] },
    seconds: { train: 1.5, evaluate: 0.25 },
    stepsPerSecond: 4 / 1.5,
  };
}

/** A record with only what is always there. */
export function bareRecord(epoch: number): EpochRecord {
  const { train, seconds, stepsPerSecond } = fullRecord(epoch);
  return { epoch, hyperparameters: {}, train: { loss: train.loss }, seconds, stepsPerSecond };
}

/** What a fit of some epochs calls; one that does not begin with the first resumes. */
export async function fitWith(callback: Callback, records: readonly EpochRecord[]): Promise<void> {
  const firstEpoch = records[0]!.epoch;
  const earlier = Array.from({ length: firstEpoch - 1 }, (_, index) => fullRecord(index + 1));
  await callback.onTrainBegin?.({ epochs: 9, lastEpoch: 9, firstEpoch, earlier, stepsPerEpoch: 4 });
  for (const record of records) await callback.onEpochEnd?.(record);
}
