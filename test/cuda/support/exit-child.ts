// `node --import tsx exit-child.ts <addon> <milliseconds>`: ends the process while the device trains. The first session
// computes on the CPU, so that the driver's library is loaded after everything else.
import { bits, labelled, openSession, trainCall } from "../../native/support/specs.js";

openSession(bits());
const session = openSession(bits({ device: "cuda" }));
const dataset = session.addDataset(labelled(3200, [12], 4));
session.train(trainCall(dataset, { batchSize: 32, batches: 100 })).catch(() => {});
setTimeout(() => process.exit(0), Number(process.argv[3]));
