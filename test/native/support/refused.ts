import * as assert from "uvu/assert";
import type { ErrorCode } from "../../../lib/native/errors.js";
import { rejection } from "../../support/refused.js";

/** What native code throws or rejects with: an Error with `code`, details, and a message that matches every pattern. */
export async function refusedBy(
  action: () => unknown,
  code: ErrorCode | readonly ErrorCode[],
  ...patterns: readonly (string | RegExp)[]
): Promise<Error> {
  const error = await rejection(action);
  if (!(error instanceof Error) || !("code" in error)) throw new Error(`expected ${code}, got ${String(error)}`);
  const codes: readonly unknown[] = [code].flat();
  assert.ok(codes.includes(error.code), `expected ${codes.join(" or ")}, got ${error.code}: ${error.message}`);
  assert.type((error as Error & { details?: unknown }).details, "object");
  assert.ok(error.message.length > 0);
  for (const pattern of patterns) assert.match(error.message, pattern);
  return error;
}
