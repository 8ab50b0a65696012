import * as assert from "uvu/assert";
import { BayesBinnError, type ErrorCode } from "../../lib/native/errors.js";

/** What `action` throws or rejects with: a {@link BayesBinnError} with `code`, whose one line matches every pattern. */
export async function refused(
  action: () => unknown,
  code: ErrorCode,
  ...patterns: readonly (string | RegExp)[]
): Promise<BayesBinnError> {
  const error = await rejection(action);
  if (!(error instanceof BayesBinnError)) throw new Error(`expected ${code}, got ${String(error)}`);
  assert.is(error.code, code, error.message);
  assert.not.match(error.message, "\n");
  for (const pattern of patterns) assert.match(error.message, pattern);
  return error;
}

/** Whatever `action` throws or rejects with; fails the test where it does not. */
export async function rejection(action: () => unknown): Promise<unknown> {
  try {
    await action();
  } catch (error) {
    return error;
  }
  throw new Error("expected an error, but there was none");
}
