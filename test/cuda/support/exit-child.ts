// `node --import tsx exit-child.ts <addon> <milliseconds>`: ends the process while the device trains. The first session
// computes on the CPU, so that the driver's library is loaded after everything else.
import { bayesbinn, chain, labelled, openSession, trainCall } from "../../native/support/specs.js";

const parts = { inputShape: [40], layers: chain(["linear", { units: 50 }], ["linear", { units: 4 }]) };
openSession({ ...parts, binary: bayesbinn() });
const session = openSession({ ...parts, device: "cuda", binary: bayesbinn() });
const dataset = session.addDataset(labelled(3200, [40], 4));
session.train(trainCall(dataset, { batchSize: 32, batches: 100 })).catch(() => {});
setTimeout(() => process.exit(0), Number(process.argv[3]));
