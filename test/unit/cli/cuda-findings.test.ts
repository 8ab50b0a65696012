import { suite } from "uvu";
import * as assert from "uvu/assert";
import { cudaFindings } from "../../../lib/cli/doctor/cuda-findings.js";
import type { CudaInfo } from "../../../lib/native/contract.js";

const test = suite("doctor's findings of CUDA");

const built = { built: true, usable: false, driverNeeded: "11.4", devices: [] };

/** The findings as `state topic: text`, with the advice after `->`. */
function told(cuda: CudaInfo): string[] {
  return cudaFindings(cuda).map(({ state, topic, text, advice }) =>
    [`${state} ${topic}: ${text}`, ...(advice === undefined ? [] : [advice])].join(" -> "),
  );
}

test("two devices, one of them too old", () => {
  const devices = [
    { index: 0, name: "NVIDIA A100", capability: "8.0", memoryBytes: 40 * 2 ** 30, ptx: "compute_80" },
    { index: 1, name: "GeForce GTX 1080", capability: "6.1", memoryBytes: 8 * 2 ** 30 },
  ];
  assert.equal(told({ ...built, usable: true, reason: "NVIDIA A100", driverFound: "13.0", devices }), [
    "ok CUDA: driver for CUDA 13.0, needed: CUDA 11.4 or newer",
    "ok device cuda: NVIDIA A100, compute capability 8.0, 40960 MiB, kernels of compute_80",
    "missing device cuda:1: GeForce GTX 1080, compute capability 6.1, 8192 MiB: too old, " +
      "needed: compute capability 7.5 or later",
  ]);
});

test("no driver", () => {
  const reason = "the NVIDIA driver's library libcuda.so.1 was not found";
  assert.equal(told({ ...built, reason, advice: "install the NVIDIA driver" }), [
    `missing CUDA: ${reason} (needed: a driver for CUDA 11.4 or newer); training runs on the CPU -> install the NVIDIA driver`,
  ]);
});

test("a driver that is too old", () => {
  const reason = "the NVIDIA driver is too old: it supports CUDA 11.2, needed: 11.4";
  assert.equal(told({ ...built, reason, driverFound: "11.2", advice: "install a driver for CUDA 11.4 or newer" }), [
    `missing CUDA: ${reason}; training runs on the CPU -> install a driver for CUDA 11.4 or newer`,
  ]);
});

test("a driver without a device", () => {
  assert.equal(told({ ...built, reason: "no CUDA device is visible", driverFound: "13.0", advice: "check it" }), [
    "missing CUDA: no CUDA device is visible (driver for CUDA 13.0); training runs on the CPU -> check it",
  ]);
});

test("a build without the backend", () => {
  const [line = "", ...more] = told({ built: false, usable: false, reason: "off", devices: [] });
  assert.match(line, /^missing CUDA: this build has no CUDA backend; training runs on the CPU -> .*nvcc/);
  assert.equal(more, []);
});

test.run();
