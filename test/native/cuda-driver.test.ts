import { suite } from "uvu";
import * as assert from "uvu/assert";
import { temporaryFolder } from "../support/temporary-folder.js";
import { addon } from "./support/addon.js";
import { cudaWith, type FakeDriver } from "./support/fake-driver.js";

// What the addon says of drivers, made up here: which there is on this machine does not matter.
const drivers = suite("CUDA drivers");
const { built, driverNeeded } = addon.systemInfo().cuda;
const test = built ? drivers : drivers.skip;
const rows: readonly (readonly [name: string, driver: FakeDriver, reason: string | RegExp, advice: RegExp])[] = [
  [
    "too old",
    { version: 11020 },
    `the NVIDIA driver is too old: it supports CUDA 11.2, needed: ${driverNeeded}`,
    /driver for CUDA/,
  ],
  [
    "without a function",
    { version: 11000, without: "cuGraphInstantiateWithFlags" },
    "the NVIDIA driver is too old: its libcuda.so.1 has no cuGraphInstantiateWithFlags",
    /driver for CUDA/,
  ],
  ["that sees no device", { version: 13000, init: 100 }, "no CUDA device is visible", /CUDA_VISIBLE_DEVICES/],
  ["with an empty list", { version: 13000, devices: [] }, "no CUDA device is visible", /CUDA_VISIBLE_DEVICES/],
  ["that does not start", { version: 13000, init: 804 }, /the NVIDIA driver does not start/, /kernel module/],
  [
    "with an old device first",
    { version: 13000, devices: [61, 80] },
    /Fake 0 has compute capability 6\.1, needed: 7\.5/,
    /CUDA_VISIBLE_DEVICES/,
  ],
];

for (const [name, driver, reason, advice] of rows) {
  test(`a driver ${name}`, () => {
    const cuda = cudaWith(driver, temporaryFolder());
    assert.is(cuda.usable, false);
    if (typeof reason === "string") assert.is(cuda.reason, reason);
    else assert.match(cuda.reason, reason);
    assert.match(cuda.advice!, advice);
    assert.is(cuda.driverFound, `${Math.floor(driver.version / 1000)}.${(driver.version % 1000) / 10}`);
  });
}

test("devices of every age, with the kernels that each runs", () => {
  const { usable, devices } = cudaWith({ version: 13000, devices: [75, 61, 80, 120] }, temporaryFolder());
  assert.is(usable, true);
  assert.equal(
    devices.map(({ index, name, capability, ptx }) => [index, name, capability, ptx]),
    [
      [0, "Fake 0", "7.5", "compute_75"],
      [1, "Fake 1", "6.1", undefined],
      [2, "Fake 2", "8.0", "compute_80"],
      [3, "Fake 3", "12.0", "compute_80"],
    ],
  );
});

drivers.run();
