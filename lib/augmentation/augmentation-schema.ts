import { z } from "zod";

import type { AugmentationSpec } from "../native/contract.js";
import { unknownName } from "../options/check.js";
import type { Augmentation, AugmentationType } from "./augmentation.js";
import { augmentationTypes } from "./index.js";

const types: readonly AugmentationType[] = augmentationTypes;

/** Any step as data, `{ type, options }`: what the factories return. */
export const augmentationSchema = z
  .discriminatedUnion(
    "type",
    types.map(({ type, options }) => z.strictObject({ type: z.literal(type), options })) as unknown as [z.ZodObject],
  )
  .meta({ accepted: "a step such as randomFlip()" }) as unknown as z.ZodType<Augmentation, Augmentation>;

/** What a fit does to images where nothing is said, in scripts and in configurations: nothing. */
export const defaultAugmentation: readonly never[] = [];

/** The row of `step` in the list of steps. */
export function augmentationTypeOf(step: Augmentation): AugmentationType {
  const found = types.find(({ type }) => type === step.type);
  if (found !== undefined) return found;
  throw unknownName(
    "augmentation.type",
    step.type,
    types.map(({ type }) => type),
  );
}

/** What native code is told. */
export function augmentationSpecs(steps: readonly Augmentation[]): AugmentationSpec[] {
  return steps.map(({ type, options }) => ({ type, ...options }));
}
