import { createHash } from "node:crypto";

import type { Dataset } from "../data/dataset.js";
import { layerSpecs } from "../model/graph.js";
import type { Host } from "../model/host.js";
import type { Model } from "../model/model.js";
import type { Session } from "../model/session.js";
import { BayesBinnError } from "../native/errors.js";
import { firstDifference } from "../options/first-difference.js";
import { show } from "../options/show.js";
import type { BestWeights } from "./best-weights.js";
import { type Checkpoint, readCheckpointFile } from "./checkpoint-file.js";
import type { FitPlan } from "./fit-options.js";
import type { FitState } from "./fit-state.js";

/** What has to be the same for a fit to go on from a checkpoint as if it had never stopped; as JSON has it. */
export function settingOf(model: Model, host: Host, plan: FitPlan): Readonly<Record<string, unknown>> {
  const { train, validation, batchSize, shuffle, augmentation, earlyStopping } = plan;
  const data = { train: dataOf(train), validation: validation && dataOf(validation) };
  const fit = { ...data, batchSize, shuffle, augmentation, earlyStopping };
  const setting = {
    graph: { inputShape: model.inputShape, layers: layerSpecs(model.layers) },
    loss: host.loss,
    optimizers: host.claims.map(({ optimizer, parameters }) => ({ ...optimizer.toJSON(), parameters })),
    seed: host.seed,
    fit,
  };
  return JSON.parse(JSON.stringify(setting));
}

/** What tells data sets apart, but for their inputs, which may be large. */
function dataOf({ name, length, sampleShape, targets, indices, permutation }: Dataset): object {
  const features = permutation && { permutation: digestOf([permutation]) };
  const chosen = indices === undefined ? [targets] : [targets, indices];
  return { name, samples: length, sampleShape, targets: digestOf(chosen), ...features };
}

function digestOf(arrays: readonly (Int32Array | Float32Array | Uint32Array)[]): string {
  const digest = createHash("sha256");
  for (const array of arrays) digest.update(new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
  return digest.digest("hex");
}

/**
 * Puts a trainer's session to where the fit of a checkpoint stood.
 *
 * @param session the view that may make calls now
 * @param setting that of the fit that goes on
 * @throws BayesBinnError `ERR_CHECKPOINT_FORMAT` for a file that is damaged or no checkpoint, `ERR_CHECKPOINT_MISMATCH` for
 *   one of another setting, both with nothing changed; `ERR_OPTION_RANGE` where `epochs` or `stopAfter` is behind it
 */
export async function resumeFrom(
  path: string,
  session: Session,
  best: BestWeights,
  setting: Readonly<Record<string, unknown>>,
  plan: FitPlan,
): Promise<FitState> {
  const checkpoint = await readCheckpointFile(path);
  const { fit } = checkpoint;
  const difference = firstDifference(checkpoint.setting, setting);
  if (difference !== undefined) {
    const { path: key, one, other } = difference;
    const message = `${show(path)}: a checkpoint of another setting, ${key} was ${show(one)} and is ${show(other)} now`;
    throw new BayesBinnError("ERR_CHECKPOINT_MISMATCH", message, { path, key, value: other, accepted: one });
  }
  for (const option of ["epochs", "stopAfter"] as const) {
    const value = plan[option];
    if (value === undefined || value >= fit.epoch) continue;
    const accepted = `at least ${fit.epoch}, the epochs that are done in ${show(path)}`;
    const message = `fit.${option}: ${value} is out of range, accepted: ${accepted}`;
    throw new BayesBinnError("ERR_OPTION_RANGE", message, { path: `fit.${option}`, value, accepted });
  }
  await restore(checkpoint, session, best);
  return fit;
}

async function restore({ state, best: weights, fit }: Checkpoint, session: Session, best: BestWeights): Promise<void> {
  best.forget();
  if (fit.best !== undefined && weights !== undefined) {
    await session.setState("model", weights);
    await best.keep(fit.best, session);
  }
  await session.setState("training", state);
  session.setCounters(fit.counters);
  if (fit.best !== undefined && weights === undefined) await best.keep(fit.best, session);
}
