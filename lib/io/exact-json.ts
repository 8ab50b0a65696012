/** Key of the object that stands for a number that JSON does not have. */
const tag = "$number";

/** JSON in which NaN and the infinities come back as they were: `{"$number":"NaN"}`. */
export function toExactJson(value: unknown): string {
  return JSON.stringify(value, (_, part) =>
    typeof part === "number" && !Number.isFinite(part) ? { [tag]: String(part) } : part,
  );
}

/** What {@link toExactJson} was given. */
export function fromExactJson(text: string): unknown {
  return JSON.parse(text, (_, part) =>
    typeof part === "object" && part !== null && typeof part[tag] === "string" ? Number(part[tag]) : part,
  );
}
