// Time from the start of a process to the end of the first training step of mnist-mlp, and the peak memory of the run's
// first epoch with its evaluations, for the built package:
//   npm run build && npm run bench:start-up -- [--rounds 5]
import { defaultThreads } from "../../lib/options/threads.js";
import { main } from "../support/process.mjs";
import { runMnistMlp } from "./mnist-mlp-process.js";
import { positiveInteger, readOptions } from "./options.js";
import { median } from "./statistics.js";

await main(() => {
  const options = readOptions({ rounds: { type: "string", default: "5" } });
  const rounds = positiveInteger("rounds", options.rounds);
  const threads = defaultThreads();
  const starts = Array.from({ length: rounds }, () => runMnistMlp("first-step", threads).firstStepSeconds);
  const { peakBytes } = runMnistMlp("epoch", threads);
  console.log(JSON.stringify({ firstStepSeconds: median(starts), peakMegabytes: Math.round(peakBytes / 1e6) }));
});
