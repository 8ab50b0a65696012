// Delay of the event loop while a fit runs, beside that of an idle process: 99th percentiles of perf_hooks' histogram at
// a resolution of 1 ms, with as many compute threads as cores and with one fewer.
//   npm run bench:event-loop -- [--seconds 20]
import { availableParallelism } from "node:os";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as wait } from "node:timers/promises";

import { main } from "../support/process.mjs";
import { mnistMlp, mnistPart, trainerOf } from "./networks.js";
import { positiveInteger, readOptions } from "./options.js";

/** 99th percentile of the delay in milliseconds while `work` runs. */
async function delay(work: () => Promise<unknown>): Promise<number> {
  const histogram = monitorEventLoopDelay({ resolution: 1 });
  histogram.enable();
  await work();
  histogram.disable();
  return histogram.percentile(99) / 1e6;
}

await main(async () => {
  const options = readOptions({ seconds: { type: "string", default: "20" } });
  const milliseconds = positiveInteger("seconds", options.seconds) * 1000;
  const train = await mnistPart(6000);
  const cores = availableParallelism();
  const idle = await delay(() => wait(milliseconds));
  const results = [];
  for (const threads of new Set([cores, Math.max(1, cores - 1)])) {
    await using trainer = trainerOf(mnistMlp, train, threads);
    await trainer.fit({ train, epochs: 1, batchSize: 100 }); // warm-up: upload, first weights
    const signal = AbortSignal.timeout(milliseconds);
    const busy = await delay(() => trainer.fit({ train, epochs: 1000, batchSize: 100, signal }).catch(() => undefined));
    results.push({ threads, delayMilliseconds: busy, moreThanIdle: busy - idle });
  }
  console.log(JSON.stringify({ percentile: 99, idleMilliseconds: idle, results }));
});
