// The kernels of the CUDA backend one by one, against what the device can do: `npm run bench:cuda -- --help`.
import { spawnSync } from "node:child_process";

import { buildCudaBenchmarks } from "../support/addon.mjs";
import { cudaBenchmarkProgram } from "../support/paths.mjs";
import { main, ScriptError } from "../support/process.mjs";
import { positiveInteger, readOptions } from "./options.js";
import { median } from "./statistics.js";
import { aligned } from "./table.js";

const help = `npm run bench:cuda -- [options]

Builds the benchmark, runs each kernel of the CUDA backend on shapes of mnist-mlp and cifar10-vgg, and prints its time
(median of the rounds), what it moves and computes a second, and the fraction of the device's own ceilings: a copy within
its memory, and matrix instructions without memory. Bytes and operations are the least that the work needs.

  --rounds <n>   rounds of each kernel (default 7)
  --small        tiny shapes, once: a dry run for emulated devices, whose times mean nothing
  --no-build     run what was built before
  --json         a JSON object instead of the table, with all rounds
  --help         this text`;

/** As the program prints it. */
interface Measured {
  readonly device: string;
  readonly copy: number;
  readonly matrix: number;
  readonly kernels: readonly {
    readonly name: string;
    readonly shape: string;
    readonly bytes: number;
    readonly operations: number;
    readonly seconds: readonly number[];
  }[];
}

await main(async () => {
  const options = readOptions({
    rounds: { type: "string", default: "7" },
    small: { type: "boolean", default: false },
    "no-build": { type: "boolean", default: false },
    json: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  });
  if (options.help) {
    console.log(help);
    return;
  }
  const rounds = options.small ? 1 : positiveInteger("rounds", options.rounds);
  if (!options["no-build"]) await buildCudaBenchmarks();
  const child = spawnSync(cudaBenchmarkProgram, [String(rounds), options.small ? "small" : "full"], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
    maxBuffer: 2 ** 26,
  });
  if (child.status !== 0) throw new ScriptError("The benchmark did not come to its end: see above.");
  if (options.json) {
    console.log(child.stdout);
    return;
  }
  print(JSON.parse(child.stdout) as Measured);
});

function print({ device, copy, matrix, kernels }: Measured): void {
  console.log(`device                ${device}`);
  console.log(`copy                  ${(copy / 1e9).toFixed(0)} GB/s, read and written`);
  console.log(`matrix instructions   ${matrix > 0 ? `${(matrix / 1e12).toFixed(1)} TFLOP/s, bf16` : "none"}\n`);
  const header = ["kernel", "shape", "microseconds", "GB/s", "of copy", "TFLOP/s", "of matrix"];
  const rows = kernels.map(({ name, shape, bytes, operations, seconds }) => {
    const time = median(seconds);
    return [
      name,
      shape,
      (time * 1e6).toFixed(1),
      (bytes / time / 1e9).toFixed(0),
      percent(bytes / time / copy),
      operations > 0 ? (operations / time / 1e12).toFixed(2) : "",
      operations > 0 && matrix > 0 ? percent(operations / time / matrix) : "",
    ];
  });
  console.log(aligned([header, ...rows], new Set([2, 3, 4, 5, 6])));
}

function percent(fraction: number): string {
  return `${(100 * fraction).toFixed(1)} %`;
}
