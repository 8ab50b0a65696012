// A worker thread of the life cycle tests: does what `workerData.task` names.
import { parentPort, workerData } from "node:worker_threads";
import { load, longCalls, openSession, stateHash, train } from "./training.mjs";

const { path, task } = workerData;
const session = openSession(load(path));

if (task === "hash") {
  const { steps } = await train(session, 40);
  parentPort?.postMessage({ steps, hash: await stateHash(session) });
} else if (task === "shared") {
  const byteTable = Float32Array.from({ length: 256 }, (_, byte) => byte / 255);
  const targets = new Int32Array(5000);
  const spec = { name: "shared", inputs: workerData.bytes, sampleShape: [64], byteTable, targets, targetWidth: 1 };
  const dataset = session.addDataset(spec);
  workerData.bytes = undefined;
  parentPort?.postMessage("started");
  for (;;) await session.evaluate({ dataset, batchSize: 1, samples: 1000, draw: 0 });
} else if (task === "exit") {
  longCalls["train"]?.(session);
  setTimeout(() => process.exit(), 20);
} else {
  // Busy until this thread is terminated.
  parentPort?.postMessage("started");
  for (;;) await longCalls[task]?.(session);
}
