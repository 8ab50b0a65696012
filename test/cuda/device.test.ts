import { suite } from "uvu";
import * as assert from "uvu/assert";
import { fromArrays } from "../../lib/index.js";
import { createTrainer } from "../../lib/recipes/run-training.js";
import { resolveConfig } from "../../lib/recipes.js";
import { addon } from "../native/support/addon.js";
import { refusedBy } from "../native/support/refused.js";
import { chain, openSession } from "../native/support/specs.js";

const test = suite("CUDA device");

const { cuda } = addon.systemInfo();
const [first] = cuda.devices;

test("the addon tells the driver and each device", () => {
  assert.is(cuda.built, true);
  assert.is(cuda.usable, true, cuda.reason);
  assert.is(cuda.advice, undefined);
  assert.is(cuda.reason, first!.name);
  assert.ok(first!.name.length > 0);
  assert.match(cuda.driverFound!, /^\d+\.\d+$/);
  assert.match(cuda.driverNeeded!, /^\d+\.\d+$/);
  assert.equal(
    cuda.devices.map(({ index }) => index),
    cuda.devices.map((_, index) => index),
  );
  for (const { capability, memoryBytes, ptx } of cuda.devices) {
    assert.match(capability, /^\d+\.\d$/);
    assert.ok(memoryBytes > 2 ** 20, `${memoryBytes} bytes`);
    const newest = Number(capability) >= 8 ? "compute_80" : "compute_75";
    assert.is(ptx, Number(capability) >= 7.5 ? newest : undefined);
  }
});

for (const [device, described] of [
  ["cuda", "cuda"],
  ["cuda:0", "cuda"],
  ["auto", "cuda"],
] as const) {
  test(`a session on "${device}" computes there`, () => {
    const session = openSession({ layers: chain(["tanh"]), device });
    const description = session.describe();
    session.dispose();
    assert.is(description.device, described);
    assert.is(description.deviceReason, device === "auto" ? cuda.reason : "asked for");
    assert.is(description.instructionSet, `${first!.name}, compute ${first!.capability}`);
  });
}

test("a device that is not there is refused, with those that are", async () => {
  const device = `cuda:${cuda.devices.length}` as const;
  const accepted = cuda.devices.length === 1 ? '"cuda"' : `"cuda:0" to "cuda:${cuda.devices.length - 1}"`;
  const open = () => openSession({ layers: chain(["tanh"]), device });
  await refusedBy(open, "ERR_DEVICE_UNAVAILABLE", `device "${device}": no such device, accepted: ${accepted}`);
});

test("the options of a run's configuration reach the device", async () => {
  const config = await resolveConfig("mnist-mlp", ["model.hiddenUnits=300", "cuda.memoryLimit=1000000"]);
  const set = fromArrays({
    inputs: new Float32Array(2 * 784),
    targets: new Int32Array(2),
    sampleShape: [784],
    classes: 10,
  });
  const data = { train: set, test: set };
  await refusedBy(() => createTrainer(config, data, { device: "cuda" }), "ERR_OUT_OF_MEMORY", "bytes asked for");
});

test.run();
