import { createHash } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";

import { fromExactJson, toExactJson } from "../io/exact-json.js";
import { readSafetensors, type SafetensorsFile, type StreamedTensor, streamSafetensors } from "../io/safetensors.js";
import { floatsOf, parseMetadata } from "../model/model-file.js";
import type { StateReader } from "../model/session.js";
import { streamedTensors } from "../model/state-tensors.js";
import type { NamedTensor } from "../native/contract.js";
import { BayesBinnError } from "../native/errors.js";
import { checkOptions } from "../options/check.js";
import { show } from "../options/show.js";
import { type FitState, fitStateSchema } from "./fit-state.js";

/** Value of the metadata key `format`. */
const format = "bayesbinn-checkpoint-1";

/** In front of the names of the best weights. */
const bestPrefix = "best/";

/** What a checkpoint holds beside its tensors. */
export interface CheckpointFacts {
  /** What it can be resumed with, by the name of the part; each value is data as JSON has them. */
  readonly setting: Readonly<Record<string, unknown>>;
  readonly fit: FitState;
}

export interface Checkpoint extends CheckpointFacts {
  /** The state scope `training`. */
  readonly state: readonly NamedTensor[];
  /** The state scope `model` of the best epoch; absent where that is the one of `state`, or there is none. */
  readonly best?: readonly NamedTensor[];
}

/**
 * Writes a checkpoint: a safetensors file with the tensors of `state` and, behind `best/`, of `best`. Everything else is
 * metadata: `format`, `setting`, `fit`, `hashes` (the SHA-256 of each tensor's bytes) and `digest` (that of all other
 * metadata), so that damage is noticed wherever it is. The event loop stays free between the pieces of a tensor.
 *
 * @throws BayesBinnError `ERR_OUTPUT`
 */
export async function writeCheckpointFile(
  path: string,
  { setting, fit }: CheckpointFacts,
  state: StateReader,
  best: StateReader | undefined,
): Promise<void> {
  const tensors = [...streamedTensors(state), ...(best === undefined ? [] : streamedTensors(best, bestPrefix))];
  const hashes: Record<string, string> = {};
  for (const tensor of tensors) hashes[tensor.name] = await hashOf(tensor);
  const metadata = {
    format,
    setting: JSON.stringify(setting),
    fit: toExactJson(fit),
    hashes: JSON.stringify(hashes),
  };
  await streamSafetensors(path, { ...metadata, digest: digestOf(metadata) }, tensors);
}

/**
 * Reads a checkpoint and checks every byte of it.
 *
 * @throws BayesBinnError `ERR_CHECKPOINT_FORMAT` naming the tensor that is damaged, or what else is wrong
 */
export async function readCheckpointFile(path: string): Promise<Checkpoint> {
  const file = await readSafetensors(path);
  try {
    return await checked(file);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new BayesBinnError("ERR_CHECKPOINT_FORMAT", `${show(path)}: ${reason}`, { path, reason }, { cause: error });
  }
}

async function checked({ metadata, tensors }: SafetensorsFile): Promise<Checkpoint> {
  const { digest, ...rest } = metadata;
  if (rest["format"] !== format) {
    throw new Error(`no checkpoint: its format is ${show(rest["format"])}, accepted: ${show(format)}`);
  }
  if (digest !== digestOf(rest)) throw new Error("damaged: the metadata have another SHA-256 than was recorded");
  const hashes = parseMetadata(rest, "hashes") as Readonly<Record<string, string>>;
  const names = tensors.map(({ name }) => name);
  if (!isDeepStrictEqual(names.toSorted(), Object.keys(hashes).toSorted())) {
    const missing = Object.keys(hashes).find((name) => !names.includes(name));
    throw new Error(
      missing === undefined ? "damaged: it has other tensors than recorded" : `${show(missing)} is missing`,
    );
  }
  for (const { name, shape, data } of tensors) {
    const hash = await hashOf({ name, shape, dtype: "F32", pieces: () => [floatsOf(name, data)] });
    if (hash !== hashes[name]) throw new Error(`damaged: tensor ${show(name)} has another SHA-256 than was recorded`);
    if (!floatsOf(name, data).every(Number.isFinite))
      throw new Error(`tensor ${show(name)} has values that are no finite numbers`);
  }
  const named = tensors.map(({ name, shape, data }) => ({ name, shape, data: floatsOf(name, data) }));
  const best = named.filter(({ name }) => name.startsWith(bestPrefix));
  return {
    setting: parseMetadata(rest, "setting") as Readonly<Record<string, unknown>>,
    fit: checkOptions(fitStateSchema, fromExactJson(rest["fit"] ?? ""), "fit"),
    state: named.filter(({ name }) => !name.startsWith(bestPrefix)),
    ...(best.length > 0 && {
      best: best.map(({ name, ...tensor }) => ({ ...tensor, name: name.slice(bestPrefix.length) })),
    }),
  };
}

async function hashOf(tensor: StreamedTensor): Promise<string> {
  const hash = createHash("sha256");
  for (const piece of tensor.pieces()) {
    hash.update(new Uint8Array(piece.buffer, piece.byteOffset, piece.byteLength));
    await setImmediate();
  }
  return hash.digest("hex");
}

/** Of metadata, whatever the order of its keys. */
function digestOf(metadata: Readonly<Record<string, string>>): string {
  const entries = Object.entries(metadata).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return createHash("sha256").update(JSON.stringify(entries)).digest("hex");
}
