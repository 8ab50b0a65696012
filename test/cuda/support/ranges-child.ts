// `node --import tsx ranges-child.ts <addon> <graphs>`: three steps of a network of two layers.
import { bayesbinn, chain, labelled, openSession, trainCall } from "../../native/support/specs.js";

const session = openSession({
  device: "cuda",
  cuda: { precision: "float32", graphs: process.argv[3] === "true", memoryLimit: 0 },
  inputShape: [5],
  layers: chain(["linear", { units: 3 }], ["batchNorm"], ["relu"], ["linear", { units: 4 }], ["batchNorm"]),
  binary: bayesbinn({ temperature: 1e-8 }),
});
const dataset = session.addDataset(labelled(21, [5], 4));
await session.train(trainCall(dataset, { batches: 3 }));
