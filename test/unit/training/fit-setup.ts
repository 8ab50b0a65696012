import { batchNorm } from "../../../lib/layers/batch-norm.js";
import { linear } from "../../../lib/layers/linear.js";
import { sequential } from "../../../lib/model/sequential.js";
import { Adam } from "../../../lib/optimizers/adam.js";
import { BayesBiNN } from "../../../lib/optimizers/bayesbinn.js";
import { Trainer } from "../../../lib/training/trainer.js";
import { installFakeAddon } from "../../support/fake-addon.js";
import { toyPoints } from "../../support/toy-data.js";

export const train = toyPoints(10);
export const validation = toyPoints(4);

/** A trainer of a small network, on an addon that only takes notes. */
export function setUp({ affine = false, optimizer = new BayesBiNN() } = {}) {
  const addon = installFakeAddon();
  const model = sequential({ inputShape: [2], layers: [linear({ units: 3 }), batchNorm({ affine })] });
  const trainer = new Trainer({ model, optimizer: affine ? [optimizer, new Adam()] : optimizer, threads: 1 });
  return { model, trainer, native: addon.sessions[0]!, behaviour: addon.behaviour };
}
