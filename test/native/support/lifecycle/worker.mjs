// A worker thread of the life cycle tests: does what `workerData.task` names.
import { parentPort, workerData } from "node:worker_threads";
import { load, longCalls, openSession, stateHash, train } from "./training.mjs";

const { path, task } = workerData;
const session = openSession(load(path));

if (task === "hash") {
  const { steps } = await train(session, 40);
  parentPort?.postMessage({ steps, hash: await stateHash(session) });
} else if (task === "exit") {
  longCalls["train"]?.(session);
  setTimeout(() => process.exit(), 20);
} else {
  // Busy until this thread is terminated.
  parentPort?.postMessage("started");
  for (;;) await longCalls[task]?.(session);
}
