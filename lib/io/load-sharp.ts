import { BayesBinnError } from "../native/errors.js";

/**
 * The library that reads and writes images, loaded with the first one: it is a native library of some megabytes, which training on
 * other data does without.
 *
 * Errors: `ERR_BINDING_LOAD` where its files for this platform are not installed.
 */
export async function loadSharp(): Promise<typeof import("sharp").default> {
  try {
    return (await import("sharp")).default;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.trim().split("\n")[0] : String(cause);
    const message = `the image decoder sharp cannot be loaded: ${reason}. Run \`npm install --include=optional sharp\``;
    throw new BayesBinnError("ERR_BINDING_LOAD", message, { package: "sharp" }, { cause });
  }
}
