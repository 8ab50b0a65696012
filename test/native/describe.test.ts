import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { sizeOf } from "../../lib/layers/shape.js";
import { addon } from "./support/addon.js";
import { bayesbinn, chain, everything, labelled, openSession } from "./support/specs.js";

const test = suite("describe");

test("a session tells its shapes, parameters, device and memory", () => {
  const session = openSession(everything({ threads: 2 }));
  const { memoryBytes, instructionSet, blas, ...description } = session.describe();
  const layer = (name: string, ...outputShape: number[]) => ({ name, type: name.replace(/\d+$/, ""), outputShape });
  const named = (name: string, type: string, ...outputShape: number[]) => ({ name, type, outputShape });
  const parameter = (name: string, optimizer: 0 | 1, ...shape: number[]) => {
    return { name, shape, kind: optimizer === 0 ? "binary" : "real", optimizer, packed: false };
  };
  assert.equal(description, {
    device: "cpu",
    deviceReason: "asked for",
    threads: 2,
    outputShape: [4],
    layers: [
      layer("batchNorm1", 2, 2, 3),
      layer("conv2d2", 3, 1, 3),
      layer("convTranspose2d3", 2, 2, 3),
      named("largest", "maxPool2d", 2, 2, 3),
      layer("flatten4", 12),
      layer("dropout5", 12),
      layer("linear6", 17),
      layer("batchNorm7", 17),
      layer("tanh8", 17),
      named("sum", "add", 17),
      layer("linear9", 9),
      layer("relu10", 9),
      layer("linear11", 4),
    ],
    parameters: [
      parameter("batchNorm1.weight", 1, 2),
      parameter("batchNorm1.bias", 1, 2),
      parameter("conv2d2.weight", 0, 3, 2, 2, 3),
      parameter("conv2d2.bias", 1, 3),
      parameter("convTranspose2d3.weight", 0, 3, 2, 2, 1),
      parameter("convTranspose2d3.bias", 0, 2),
      parameter("linear6.weight", 0, 17, 12),
      parameter("linear6.bias", 0, 17),
      parameter("linear9.weight", 1, 9, 17),
      parameter("linear9.bias", 1, 9),
      parameter("linear11.weight", 0, 4, 9),
      parameter("linear11.bias", 1, 4),
    ],
  });
  assert.is(blas, addon.systemInfo().blas);
  assert.is(instructionSet, addon.systemInfo().instructionSets.find(({ chosen }) => chosen)!.name);

  // Latents, weights, momentum, previous lambda, prior and a sum over samples; latents, weights and two moments.
  const [binary, real] = [36 + 12 + 2 + 17 * 12 + 17 + 4 * 9, 2 + 2 + 3 + 9 * 17 + 9 + 4];
  assert.ok(memoryBytes > 4 * (6 * binary + 4 * real), `${memoryBytes} bytes`);
  const set = labelled(1000, [2, 2, 3], 4);
  const dataset = session.addDataset(set);
  const grown = session.describe().memoryBytes - memoryBytes;
  assert.ok(grown >= 1000 * 12 * 4 + 1000 * 4 && grown < 80_000, `${grown} bytes`);
  // A subset shares its samples.
  session.addSubset(dataset, new Uint32Array(1000));
  assert.ok(session.describe().memoryBytes - memoryBytes < grown + 10_000);
});

test("state comes in the order of the network, `model` without what only training needs", async () => {
  const session = openSession(everything());
  const names = (tensors: readonly { name: string }[]) => tensors.map(({ name }) => name);
  const model = names(await session.getState("model"));
  assert.equal(
    model.slice(0, 12),
    session.describe().parameters.map(({ name }) => name),
  );
  const statistics = ["batchNorm1", "batchNorm7"].flatMap((layer) => [`${layer}.running_mean`, `${layer}.running_var`]);
  assert.equal(model.slice(12), statistics);
  const training = names(await session.getState("training"));
  assert.equal(
    training.filter((name) => !name.includes("/")),
    model,
  );
  assert.equal(
    training.filter((name) => name.startsWith("linear6.bias/") || name.startsWith("linear11.bias/")),
    [
      "linear6.bias/momentum",
      "linear6.bias/previous_lambda",
      "linear6.bias/prior",
      "linear11.bias/first_moment",
      "linear11.bias/second_moment",
    ],
  );
  for (const { data, shape } of await session.getState("training")) {
    assert.is(data.length, sizeOf(shape));
  }
});

test("weights of linear layers and convolutions are bits where the method makes them signs", () => {
  const packed = (temperature: number) =>
    openSession(everything({ binary: bayesbinn({ temperature }) }))
      .describe()
      .parameters.filter((parameter) => parameter.packed)
      .map(({ name }) => name);
  assert.equal(packed(1e-6), ["conv2d2.weight", "convTranspose2d3.weight", "linear6.weight", "linear11.weight"]);
  assert.equal(packed(1e-5), []);
});

test("auto takes the CPU where there is no CUDA, and says why", () => {
  const { cuda } = addon.systemInfo();
  const session = openSession({ layers: chain(["tanh"]), device: "auto" });
  const { device, deviceReason } = session.describe();
  assert.is(device, cuda.usable ? "cuda" : "cpu");
  assert.is(deviceReason, cuda.reason);
  assert.ok(deviceReason.length > 0);
});

test("the addon tells its version, compiler, instruction sets, BLAS and threads", () => {
  const { version, compiler, instructionSets, blas, blasConcurrent, hardwareThreads, cuda } = addon.systemInfo();
  const packageFile = new URL("../../package.json", import.meta.url);
  assert.is(version, JSON.parse(readFileSync(packageFile, "utf8")).version);
  assert.match(compiler, /\d/);
  assert.is(instructionSets.filter(({ chosen }) => chosen).length, 1);
  assert.ok(instructionSets.every(({ usable, chosen }) => usable || !chosen));
  const [oldest] = instructionSets;
  assert.is(oldest!.name, process.arch === "arm64" ? "neon" : "baseline");
  assert.ok(oldest!.usable);
  assert.ok(blas.length > 0);
  assert.is(blasConcurrent, !blas.includes("SINGLE_THREADED") || blas.includes("USE_LOCKING"));
  assert.ok(hardwareThreads >= availableParallelism());
  assert.ok(cuda.built || !cuda.usable);
});

test.run();
