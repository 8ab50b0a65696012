// `node instruction-set.mjs <addon> <session spec>`: what one instruction set makes of a step, as JSON. The spec's
// network has to have three classes.
import { createRequire } from "node:module";

const [path = "", spec = ""] = process.argv.slice(2);
/** @type {import("../../../lib/native/contract.js").NativeAddon} */
const { Session, kernels, systemInfo } = createRequire(import.meta.url)(path);

/** @param {Float32Array} values */
const bits = (values) => Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString("base64");

try {
  const session = new Session(JSON.parse(spec));
  const { maxBatch: batch, inputShape, seed } = JSON.parse(spec);
  const features = inputShape.reduce((/** @type {number} */ product, /** @type {number} */ size) => product * size);
  const u = new Float32Array(1009);
  kernels.uniform({ seed, stream: "dropout", step: 3, sample: 2 }, u);
  const inputs = Float32Array.from({ length: batch * features }, (_, i) => Math.sin(i * i + 1));
  const targets = Int32Array.from({ length: batch }, (_, i) => (i * i) % 3);
  const state = async () => (await session.getState("training")).map(({ name, data }) => ({ name, data: bits(data) }));

  const initial = await state();
  const result = await session.replay({ inputs, targets, batch, phase: "train", commit: true });
  const updated = await state();
  const second = await session.replay({ inputs, targets, batch, phase: "train", commit: false });
  const { values } = await session.predict({ inputs, batchSize: batch, output: "logits", samples: 2, draw: 1 });
  console.log(
    JSON.stringify({
      instructionSet: session.describe().instructionSet,
      uniforms: bits(u),
      permutation: [...kernels.permutation(101, seed, 1)],
      initial,
      weights: [...result.weights, ...second.weights].map(bits),
      losses: [...result.losses],
      outputs: result.outputs.map(bits),
      inputGradients: result.inputGradients.map(bits),
      gradients: result.gradients.map(bits),
      updated,
      prediction: bits(values),
      request: systemInfo().instructionSetRequest,
    }),
  );
  session.dispose();
} catch (error) {
  const { code, message, details } = /** @type {Error & { code: string, details: object }} */ (error);
  console.log(JSON.stringify({ code, message, details, system: systemInfo() }));
}
