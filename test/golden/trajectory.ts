import type { ReplayCall, ReplayResult } from "../../lib/native/contract.js";
import { recordedOptimizer } from "./bayesbinn-settings.js";
import { GoldenSession } from "./golden-session.js";
import type { Golden } from "./read-golden.js";
import { trajectoryNetwork } from "./trajectory-network.js";

/** A session with the network and the method of a trajectory, at its first lambda and, where it has one, its prior. */
export async function openTrajectory(golden: Golden): Promise<GoldenSession> {
  const session = new GoldenSession(trajectoryNetwork(golden), [recordedOptimizer(golden)], golden.shape("x")[0]!);
  const lambda = golden.f32("lambda_init");
  const prior = golden.has("prior_lambda") ? { prior: golden.f32("prior_lambda") } : {};
  await session.write({ latent: lambda, previous_lambda: lambda, ...prior });
  return session;
}

/** Training step `step` (an index) with the recorded noise and dropout masks; everything else is the session's own. */
export function playStep(golden: Golden, session: GoldenSession, step: number): Promise<ReplayResult> {
  const dropouts = session.layers.filter(({ type }) => type === "dropout");
  return session.replay({
    ...batchOf(golden),
    phase: "train",
    commit: true,
    ...(golden.has("noise_u") ? { noise: [golden.f32("noise_u", step)] } : {}),
    dropoutKeep: Object.fromEntries(
      dropouts.map(({ name }, index) => [name, golden.u8(`dropout_keep_${index + 1}`, step)]),
    ),
  });
}

/** Logits `[batch, outputs]` in evaluation with the mode of the session's weights, or with `weights`. */
export async function evaluationLogits(golden: Golden, session: GoldenSession, weights?: Float32Array) {
  const given = weights === undefined ? {} : { weights: [weights] };
  const { outputs } = await session.replay({ ...batchOf(golden), phase: "eval", commit: false, ...given });
  return outputs[0]!;
}

function batchOf(golden: Golden): Pick<ReplayCall, "inputs" | "targets" | "batch"> {
  return {
    inputs: golden.f32("x"),
    targets: golden.elementType("y") === "i32" ? golden.i32("y") : golden.f32("y"),
    batch: golden.shape("x")[0]!,
  };
}
