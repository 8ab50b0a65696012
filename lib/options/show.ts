const longestText = 60;

/** A value in the words of an error message: short, on one line, whatever it is. */
export function show(value: unknown): string {
  switch (typeof value) {
    case "string":
      return JSON.stringify(value.length > longestText ? `${value.slice(0, longestText)}...` : value);
    case "number":
      return Object.is(value, -0) ? "-0" : String(value);
    case "bigint":
      return `${value}n`;
    case "function":
      return value.name === "" ? "a function" : `the function ${value.name}`;
    case "object":
      return showObject(value);
    default:
      return String(value);
  }
}

/** A name or path as it was typed; quoted where it would not be seen. */
export function showText(text: string): string {
  return text === "" || text !== text.trim() ? JSON.stringify(text) : text;
}

function showObject(value: object | null): string {
  if (value === null) return "null";
  if (Array.isArray(value)) {
    const text = `[${value.slice(0, 8).map(show).join(", ")}]`;
    return value.length <= 8 && text.length <= longestText ? text : `an array of ${value.length}`;
  }
  const type = Object.getPrototypeOf(value)?.constructor?.name;
  if (ArrayBuffer.isView(value) && "length" in value) return `a ${type} of ${String(value.length)}`;
  return type === undefined || type === "Object" ? "an object" : `a ${type}`;
}

/** `a`, `a or b`, `a, b or c`. */
export function either(words: readonly string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
}
