// Time of a training step of mnist-mlp (forward, backward and the optimizer), beside PyTorch's forward and backward of
// the same network where a Python with torch is named:
//   npm run bench:step -- [--rounds 5] [--threads 2] [--python python3]
// The two take turns, so that both see the same machine; the ratio is that of the medians of all rounds.
import { execFileSync } from "node:child_process";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { mnistMlpTrainer, mnistPart } from "./mnist-mlp.js";
import { median } from "./statistics.js";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    threads: { type: "string", default: String(availableParallelism()) },
    python: { type: "string" },
  },
});
const rounds = Number(values.rounds);
const threads = Number(values.threads);
const stepsARound = 40;

const train = await mnistPart(100 * stepsARound);
await using trainer = mnistMlpTrainer(train, threads);
const { instructionSet, blas } = trainer.description;
const fit = async () => (await trainer.fit({ train, epochs: 1, batchSize: 100 })).stepSeconds.map((s) => s * 1000);
const pytorchScript = fileURLToPath(new URL("pytorch-step.py", import.meta.url));
const pytorch = (python: string): number[] =>
  JSON.parse(execFileSync(python, [pytorchScript, String(threads), String(stepsARound)], { encoding: "utf8" }));

await fit(); // warm-up
const ours: number[] = [];
const theirs: number[] = [];
for (let round = 0; round < rounds; round++) {
  ours.push(...(await fit()));
  if (values.python !== undefined) theirs.push(...pytorch(values.python));
}
console.log(
  JSON.stringify({
    network: "784-2048-2048-2048-10, batch 100",
    threads,
    instructionSet,
    blas,
    stepMilliseconds: median(ours),
    ...(theirs.length > 0 && { pytorchForwardBackward: median(theirs), ratio: median(ours) / median(theirs) }),
  }),
);
