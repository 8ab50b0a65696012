import { z } from "zod";

/** A limit of clipping by value. Native code takes one that float32 cannot hold for "none". */
export const clipOption = z.union([z.literal("none"), z.number().gt(0)]);

const clips = ["gradientClip", "weightClip"] as const;

/** The options with a number in place of each "none". */
export function withClipLimits(options: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const limits = clips.filter((name) => options[name] === "none").map((name) => [name, Number.MAX_VALUE]);
  return { ...options, ...Object.fromEntries(limits) };
}
