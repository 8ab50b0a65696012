import { z } from "zod";

/** Options of the checkpoints that a fit writes. */
export const checkpointOptions = z.strictObject({
  folder: z.string().min(1).describe("Where they go; made if it is missing"),
  every: z.int().min(1).default(1).describe("Epochs from one to the next; the last epoch always gets one"),
  keep: z.int().min(1).default(2).describe("How many of the last ones stay; the best one is kept apart"),
});
