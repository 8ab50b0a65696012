import { z } from "zod";

import { unknownName } from "../options/check.js";
import { lossTypes } from "./index.js";
import type { Loss, LossType } from "./loss.js";

const types: readonly LossType[] = lossTypes;

/** Any loss as data, `{ type, options }`: what the factories return. */
export const lossSchema = z
  .discriminatedUnion(
    "type",
    types.map(({ type, options }) => z.strictObject({ type: z.literal(type), options })) as unknown as [z.ZodObject],
  )
  .meta({ accepted: "a loss such as softmaxCrossEntropy()" }) as unknown as z.ZodType<Loss, Loss>;

/** The row of `loss` in the list of losses. */
export function lossTypeOf(loss: Loss): LossType {
  const found = types.find(({ type }) => type === loss.type);
  if (found !== undefined) return found;
  throw unknownName(
    "loss.type",
    loss.type,
    types.map(({ type }) => type),
  );
}
