import type { Session } from "../../model/session.js";
import type { NamedTensor } from "../../native/contract.js";

/** State that is an average of gradients, of whatever method; the rest is part of the weights, or the prior. */
const averages = /\/(low_)?(momentum|first_moment|second_moment|gradient_average)$/;

const priorOf = /\/prior$/;

/**
 * Makes a session ready for another task: averages of gradients and the updates that their bias corrections count begin
 * anew, weights and running statistics stay, and, where `movePrior`, each weight's prior becomes its posterior.
 */
export async function beginTask(session: Session, movePrior: boolean): Promise<void> {
  const state = await session.getState("training");
  await session.setState("training", nextState(state, movePrior));
  const { step, updates } = session.counters;
  // The step goes on: it counts the draws of the noise.
  session.setCounters({ step, updates: updates.map(() => 0) });
}

/** @internal */
export function nextState(state: readonly NamedTensor[], movePrior: boolean): NamedTensor[] {
  const latent = new Map(state.map(({ name, data }) => [name, data]));
  return state.map((tensor) => {
    const { name, data } = tensor;
    if (averages.test(name)) return { ...tensor, data: new Float32Array(data.length) };
    if (movePrior && priorOf.test(name)) return { ...tensor, data: latent.get(name.replace(priorOf, ""))! };
    return tensor;
  });
}
