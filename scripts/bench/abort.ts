// Time from abort() to the rejection of a running fit of mnist-mlp, at moments spread over a step:
//   npm run bench:abort -- [--rounds 40]
import { setTimeout as wait } from "node:timers/promises";

import { main } from "../support/process.mjs";
import { mnistMlp, mnistPart, trainerOf } from "./networks.js";
import { positiveInteger, readOptions } from "./options.js";
import { median } from "./statistics.js";

await main(async () => {
  const options = readOptions({ rounds: { type: "string", default: "40" } });
  const rounds = positiveInteger("rounds", options.rounds);
  const train = await mnistPart(6000);
  await using trainer = trainerOf(mnistMlp, train, 2);
  await trainer.fit({ train, epochs: 1, batchSize: 100 }); // warm-up

  const delays: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const controller = new AbortController();
    const { signal } = controller;
    const stopped = trainer.fit({ train, epochs: 10, batchSize: 100, signal }).catch(() => undefined);
    await wait(100 + 7 * (round % 20));
    const start = performance.now();
    controller.abort();
    await stopped;
    delays.push(performance.now() - start);
  }
  console.log(JSON.stringify({ medianMilliseconds: median(delays), largestMilliseconds: Math.max(...delays) }));
});
