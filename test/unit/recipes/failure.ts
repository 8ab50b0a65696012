import * as assert from "uvu/assert";
import { BayesBinnError, type ErrorCode } from "../../../lib/native/errors.js";

/** The error of `action`, which must be a {@link BayesBinnError} with `code` whose message has all of `texts`. */
export async function failure(action: () => unknown, code: ErrorCode, ...texts: string[]): Promise<BayesBinnError> {
  const error: unknown = await Promise.resolve()
    .then(action)
    .then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
  if (!(error instanceof BayesBinnError)) throw new Error(`expected ${code}, got ${error}`);
  assert.is(error.code, code, error.message);
  for (const text of texts) assert.ok(error.message.includes(text), `"${text}" in: ${error.message}`);
  assert.not.ok(error.message.includes("\n"), "one line");
  return error;
}
