import * as assert from "uvu/assert";
import type { NativeSession } from "../../../lib/native/contract.js";
import { equalBits, sameBits } from "./compare.js";
import { stateOf } from "./specs.js";

/** Fails unless both sessions hold the same latents, optimizer state, statistics and counters, bit for bit. */
export async function sameState(actual: NativeSession, expected: NativeSession, what: string): Promise<void> {
  const [left, right] = [await stateOf(actual), await stateOf(expected)];
  assert.equal([...left.keys()], [...right.keys()], what);
  for (const [name, tensor] of left) sameBits(tensor.data, right.get(name)!.data, `${what}: ${name}`);
  assert.equal(actual.counters(), expected.counters(), what);
}

/** Names of the tensors in which two sessions differ. */
export async function differences(one: NativeSession, other: NativeSession): Promise<string[]> {
  const [left, right] = [await stateOf(one), await stateOf(other)];
  return [...left].filter(([name, tensor]) => !equalBits(tensor.data, right.get(name)!.data)).map(([name]) => name);
}
