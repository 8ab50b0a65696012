import { cpus, totalmem } from "node:os";
import { z } from "zod";

import type { SessionDescription } from "../native/contract.js";
import { systemInfo } from "../native/system-info.js";
import { deviceSchema } from "../options/device.js";
import { checkpointOptions } from "../training/checkpoint-options.js";
import type { Recipe } from "./recipe.js";
import type { RunOptions } from "./run-options.js";

/** Where a sitting of a run computed: with the same facts it gives the same bits. */
const machineSchema = z.strictObject({
  package: z.string(),
  node: z.string(),
  platform: z.string(),
  cpu: z.string(),
  cores: z.int(),
  memoryBytes: z.int(),
  compiler: z.string(),
  device: z.string(),
  instructionSet: z.string(),
  blas: z.string(),
});

/** What `run.json` holds: options of a run that are no part of its configuration, and how often it was taken up. */
export const runRecordSchema = z.strictObject({
  device: deviceSchema,
  testEveryEpoch: z.boolean(),
  stopAfter: z.int().min(1).optional(),
  tensorBoard: z.boolean().default(false),
  checkpoints: z.strictObject({ every: z.int().min(0), keep: checkpointOptions.shape.keep.unwrap() }),
  sittings: z.array(
    z.strictObject({
      startedAt: z.string(),
      firstEpoch: z.int(),
      threads: z.int(),
      machine: machineSchema,
    }),
  ),
});

export type RunRecord = z.output<typeof runRecordSchema>;
export type Machine = z.output<typeof machineSchema>;

/**
 * The record of a run that begins or, with `before`, is taken up again.
 *
 * @param recipe what it was made from; it says how often checkpoints are written where nobody else does
 * @param finished whether it had come to its end: then nothing is left of where it was to stop
 */
export function runRecord(
  options: RunOptions,
  recipe: Recipe | undefined,
  before?: RunRecord,
  finished = false,
): RunRecord {
  const { every, keep } = checkpointOptions.shape;
  const stopAfter = options.stopAfter ?? (finished ? undefined : before?.stopAfter);
  return {
    device: before?.device ?? options.device ?? "auto",
    testEveryEpoch: before?.testEveryEpoch ?? options.testEveryEpoch ?? false,
    ...(stopAfter !== undefined && { stopAfter }),
    tensorBoard: options.tensorBoard ?? before?.tensorBoard ?? false,
    checkpoints: {
      every: options.checkpointEvery ?? before?.checkpoints.every ?? every.parse(recipe?.checkpointEvery),
      keep: options.keepCheckpoints ?? before?.checkpoints.keep ?? keep.parse(undefined),
    },
    sittings: before?.sittings ?? [],
  };
}

/** With the sitting that begins now. */
export function withSitting(record: RunRecord, description: SessionDescription, firstEpoch: number): RunRecord {
  const { threads } = description;
  const sitting = { startedAt: new Date().toISOString(), firstEpoch, threads, machine: machineOf(description) };
  return { ...record, sittings: [...record.sittings, sitting] };
}

/** The machine and the versions that compute now. */
export function machineOf({ device, instructionSet, blas }: SessionDescription): Machine {
  const { version, compiler } = systemInfo();
  return {
    package: version,
    node: process.version,
    platform: `${process.platform}-${process.arch}`,
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: cpus().length,
    memoryBytes: totalmem(),
    compiler,
    device,
    instructionSet,
    blas,
  };
}
