// `node --import tsx ranges-child.ts <addon> <graphs>`: three steps of a network of two layers.
import { bayesbinn, chain, labelled, openSession, trainCall } from "../../native/support/specs.js";
import { cudaDefaults } from "../../support/cuda-defaults.mjs";

const session = openSession({
  device: "cuda",
  cuda: { ...cudaDefaults, graphs: process.argv[3] === "true" },
  inputShape: [5],
  layers: chain(["linear", { units: 3 }], ["batchNorm"], ["relu"], ["linear", { units: 4 }], ["batchNorm"]),
  binary: bayesbinn({ temperature: 1e-8 }),
});
const dataset = session.addDataset(labelled(21, [5], 4));
await session.train(trainCall(dataset, { batches: 3 }));
