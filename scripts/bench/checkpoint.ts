// What checkpoints of mnist-mlp cost: how long training stands still for one, how long it is until the file is on the disk,
// and what an epoch takes more with them than without, in turns:
//   npm run bench:checkpoint -- [--rounds 3] [--folder build]
import { mkdtempSync, rmSync, watch } from "node:fs";
import { join } from "node:path";

import type { Callback } from "../../lib/index.js";
import { main } from "../support/process.mjs";
import { mnistMlp, mnistPart, trainerOf } from "./networks.js";
import { positiveInteger, readOptions } from "./options.js";
import { median } from "./statistics.js";

const epochs = 6;

await main(async () => {
  const options = readOptions({
    rounds: { type: "string", default: "3" },
    folder: { type: "string", default: "build" },
  });
  const rounds = positiveInteger("rounds", options.rounds);
  const train = await mnistPart(12_000);
  const validation = await mnistPart(1000);
  await using trainer = trainerOf({ ...mnistMlp, batchSize: 100 }, train, 2);
  const fit = { train, validation, epochs, batchSize: 100, restoreBest: false };
  await trainer.fit({ ...fit, epochs: 1 }); // warm-up

  const stops: number[] = [];
  const writes: number[] = [];
  const seconds = { with: [] as number[], without: [] as number[] };
  for (let round = 0; round < rounds; round++) {
    const folder = mkdtempSync(join(options.folder, "checkpoints-"));
    const ends: number[] = [];
    const written = new Set<string>();
    let began = performance.now();
    const time = (durations: number[], waits?: number[]): Callback => ({
      onEpochBegin: () => {
        const now = performance.now();
        if (ends.length > 0) waits?.push(now - ends.at(-1)!);
        began = now;
      },
      onEpochEnd: () => {
        ends.push(performance.now());
        durations.push((performance.now() - began) / 1000);
      },
    });
    const watcher = watch(folder, (_, name) => {
      if (name === null || !/^epoch/.test(name) || written.has(name)) return;
      written.add(name);
      writes.push(performance.now() - ends[written.size - 1]!);
    });
    try {
      await trainer.fit({ ...fit, checkpoints: { folder, keep: epochs }, callbacks: [time(seconds.with, stops)] });
    } finally {
      watcher.close();
      rmSync(folder, { recursive: true });
    }
    ends.length = 0;
    await trainer.fit({ ...fit, callbacks: [time(seconds.without)] });
  }
  const report = {
    standsStillMilliseconds: { median: median(stops), largest: Math.max(...stops) },
    onDiskAfterMilliseconds: { median: median(writes), largest: Math.max(...writes) },
    epochSeconds: { with: median(seconds.with), without: median(seconds.without) },
  };
  console.log(JSON.stringify(report));
});
