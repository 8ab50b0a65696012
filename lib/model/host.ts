import { z } from "zod";

import type { Loss } from "../losses/loss.js";
import { lossTypeOf } from "../losses/loss-type-of.js";
import type { SessionSpec } from "../native/contract.js";
import { type Claim, claimParameters } from "../optimizers/claim.js";
import type { Optimizer } from "../optimizers/optimizer.js";
import { deviceSchema } from "../options/device.js";
import { defaultThreads, mostThreads } from "../options/threads.js";
import { layerSpecs, type ModelLayer } from "./graph.js";
import { Session } from "./session.js";

/** Where and how large a network is compiled; shared by every call that compiles one. */
export const deviceOptions = {
  device: deviceSchema
    .default("auto")
    .describe('Where to compute; "auto" takes CUDA if it is usable, "cuda:1" is the second CUDA device'),
  cuda: z
    .strictObject({
      precision: z
        .enum(["float32", "bf16x2", "bf16"])
        .default("float32")
        .describe("Of products on tensor cores: a float32 as three, two or one bf16 terms"),
      graphs: z.boolean().default(true).describe("Whether training steps are recorded as CUDA graphs and replayed"),
      memoryLimit: z.int().min(0).default(0).describe("Bytes of device memory that may be taken; 0: no limit"),
    })
    .prefault({})
    .describe("How a CUDA device computes"),
  threads: z
    .int()
    .min(1)
    .max(mostThreads)
    .default(defaultThreads)
    .describe("Compute threads; default: one for each core. Results do not depend on it"),
  maxBatch: z
    .int()
    .min(1)
    .max(2 ** 20)
    .default(1000)
    .describe("Largest batch, in samples; memory is planned for it"),
};

export const seedOption = z.int().min(0).describe("Seed of everything that is random");

/** The compiled form of a model: the session that holds its weights, and what they were compiled with. */
export interface Host {
  readonly session: Session;
  readonly claims: readonly Claim[];
  readonly loss: Loss;
  readonly seed: number;
  readonly maxBatch: number;
  /** Where the weights come from: a file, a trainer's random start, or a model's own random start. */
  readonly origin: "file" | "trainer" | "start";
  /** Present until the weights have arrived. */
  arriving?: Promise<void> | undefined;
}

/** What a network is before it is compiled. */
export interface Blueprint {
  readonly inputShape: readonly number[];
  readonly layers: readonly ModelLayer[];
}

export interface HostSettings {
  readonly optimizers: readonly Optimizer[];
  readonly loss: Loss;
  readonly device: SessionSpec["device"];
  readonly cuda: SessionSpec["cuda"];
  readonly threads: number;
  readonly seed: number;
  readonly maxBatch: number;
  readonly origin: Host["origin"];
}

/**
 * Compiles a network.
 *
 * @throws BayesBinnError `ERR_SHAPE_MISMATCH` for a loss that does not suit its outputs, and what native code refuses
 */
export function openHost({ inputShape, layers }: Blueprint, settings: HostSettings): Host {
  const { optimizers, loss, device, cuda, threads, seed, maxBatch, origin } = settings;
  lossTypeOf(loss).checkOutputs?.(loss.options, layers.at(-1)!.outputShape[0]!);
  const claims = claimParameters(
    layers.flatMap(({ parameters }) => parameters),
    optimizers,
  );
  const session = Session.open({
    device,
    cuda,
    threads,
    seed,
    maxBatch,
    inputShape,
    layers: layerSpecs(layers),
    loss: { type: loss.type, ...loss.options },
    optimizers: claims.map(({ optimizer, parameters }) => optimizer.toSpec(parameters)),
  });
  return { session, claims, loss, seed, maxBatch, origin };
}
