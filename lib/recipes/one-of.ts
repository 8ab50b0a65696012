import { z } from "zod";

/** A part of a configuration that is chosen by name, with the options of what was chosen beside it. */
export interface Choice {
  readonly name: string;
  readonly [option: string]: unknown;
}

/** What can be chosen: an entry of one of the lists (data sets, models, optimizers, losses, schedules). */
export interface Candidate {
  readonly name: string;
  readonly description?: string;
  readonly options: z.ZodObject;
}

/**
 * The schema of a part that is one of `candidates`: `{ name: "cosine", final: 0 }`. It is strict, and has the defaults
 * of the candidate's own schema.
 *
 * @param common keys that the part has whatever was chosen
 */
export function oneOf(candidates: readonly Candidate[], common: z.ZodRawShape = {}): z.ZodType<Choice, Choice> {
  const choices = candidates.map(({ name, description, options }) => {
    const literal = description === undefined ? z.literal(name) : z.literal(name).describe(description);
    return z.strictObject({ name: literal, ...options.shape, ...common });
  });
  return z.discriminatedUnion("name", choices as unknown as [z.ZodObject]) as unknown as z.ZodType<Choice, Choice>;
}

/** The entry of a list that a part names, and the part's options. */
export function chosen<Entry extends { readonly name: string }>(
  entries: readonly Entry[],
  { name, ...options }: Choice,
): { readonly entry: Entry; readonly options: Record<string, unknown> } {
  const entry = entries.find((candidate) => candidate.name === name);
  if (entry === undefined) throw new Error(`"${name}" passed the schema, but is not in its list`);
  return { entry, options };
}
