import type { NativeSession } from "../../../lib/native/contract.js";
import { kernels } from "./addon.js";
import { parametersOf, type SessionParts, stateOf } from "./specs.js";

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

/**
 * State of a session by name, with the weights of an evaluation: modes, or signs drawn with probability sigmoid(2 lambda)
 * from the prediction stream.
 *
 * @param network what the session was opened with, its seed among it
 * @param choice a draw of the posterior; absent: the mode
 */
export async function predictionWeights(
  session: NativeSession,
  { layers, seed = 1 }: SessionParts,
  choice?: { draw: number; sample: number },
): Promise<Map<string, Float32Array>> {
  const binary = new Set(parametersOf(layers).binary);
  const tensors = new Map<string, Float32Array>();
  const state = await stateOf(session, "model");
  // Binary parameters lie one after the other in the arrays of their optimizer, the first of the session.
  const counts = [...state.values()].map(({ name, data }) => (binary.has(name) ? data.length : 0));
  const noise = new Float32Array(counts.reduce((sum, count) => sum + count, 0));
  if (choice) kernels.uniform({ seed, stream: "prediction", step: choice.draw, sample: choice.sample }, noise);
  let at = 0;
  for (const [name, { data }] of state) {
    const drawn = (lambda: number) => (noise[at++]! < sigmoid(2 * lambda) ? 1 : -1);
    const sign = (lambda: number) => (lambda >= 0 ? 1 : -1);
    tensors.set(name, binary.has(name) ? data.map(choice ? drawn : sign) : data);
  }
  return tensors;
}
