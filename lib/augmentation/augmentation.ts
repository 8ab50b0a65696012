import { z } from "zod";

import { checkOptions } from "../options/check.js";

/** A step of an augmentation as data, made by a factory such as {@link randomFlip}. */
export interface Augmentation {
  readonly type: string;
  /** Complete. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** What a step is to the TypeScript half; native code holds the same list with the arithmetic. */
export interface AugmentationType<Schema extends z.ZodObject = z.ZodObject> {
  readonly type: string;
  /** An option `fill` says what is seen beyond the edges; see {@link fillOption}. */
  readonly options: Schema;
  /** Whether it can show what lies beyond the edges. */
  leaves(options: z.output<Schema>): boolean;
  /** Whether it turns or mirrors pixels onto pixels about the centre, whatever the size. */
  readonly keepsCentre: boolean;
  /** Whether it takes only images with as many rows as columns. */
  readonly squareOnly: boolean;
  /** Whether an augmentation takes one such step at most. */
  readonly onceOnly: boolean;
}

/** What is seen beyond the edges of an image: one for all steps, since an image is resampled once. */
export const fillOption = z
  .enum(["black", "mean", "reflect"])
  .default("black")
  .describe('Beyond the edges: "black" is 0 before the normalisation, "mean" 0 after it, "reflect" mirrors the image');

/** Keeps the type of the options between the members of an {@link AugmentationType}. */
export function augmentationType<Schema extends z.ZodObject>(type: AugmentationType<Schema>): AugmentationType<Schema> {
  return type;
}

/** Checks the options of a factory and fills in their defaults. */
export function makeAugmentation<Schema extends z.ZodObject>(
  type: AugmentationType<Schema>,
  given: z.input<Schema>,
): Augmentation {
  return { type: type.type, options: checkOptions(type.options, given, type.type) };
}
