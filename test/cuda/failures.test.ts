/** Devices that cannot do what is asked, or are older: the emulated one takes its properties from the environment. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { childFound, emulated, found, runDeviceChild } from "./support/on-device.js";
import { tolerance } from "./support/twins.js";

const test = suite("failures on CUDA");

interface Failure {
  readonly code?: string;
  readonly message?: string;
}

/** Built by the test command. */
const failingDriver = process.env["BAYESBINN_FAILING_DRIVER"];

/** Without a graph steps are queued call by call. */
const survived = ["cuGraphInstantiateWithFlags", "cuStreamBeginCapture_v2", "cuStreamEndCapture"];
const fatal = [
  ...["cuCtxSetCurrent", "cuDevicePrimaryCtxRetain", "cuEventCreate", "cuEventRecord", "cuEventSynchronize"],
  ...["cuFuncSetAttribute", "cuGraphLaunch", "cuLaunchKernel", "cuMemAlloc_v2", "cuMemGetInfo_v2", "cuMemHostAlloc"],
  ...["cuMemcpyDtoDAsync_v2", "cuMemcpyDtoHAsync_v2", "cuMemcpyHtoDAsync_v2", "cuMemsetD8Async", "cuModuleGetFunction"],
  ...["cuModuleLoadDataEx", "cuStreamCreate", "cuStreamSynchronize", "cuStreamWaitEvent"],
];

(failingDriver === undefined ? test.skip : test)(
  "whatever call of a session's life fails: a typed error, and the device computes as before",
  async () => {
    const { codes, problems, failures } = (await childFound("failing-child.ts", [], {
      LD_PRELOAD: [failingDriver, process.env["LD_PRELOAD"]].filter(Boolean).join(":"),
    })) as { codes: string[]; problems: string[]; failures: Record<string, { failed: number; ended: number }> };
    assert.equal(problems, []);
    assert.equal(codes, ["ERR_CUDA", "ERR_OUT_OF_MEMORY"]);
    assert.equal(Object.keys(failures).sort(), [...fatal, ...survived].sort());
    for (const [call, { failed, ended }] of Object.entries(failures)) {
      assert.ok(failed > 0, call);
      if (survived.includes(call)) assert.is(ended, 0, call);
      else assert.ok(ended > 0, call);
    }
  },
);

for (const delay of [0, 20, 100]) {
  test(`a process that exits as the device trains, after ${delay} ms, ends in order`, async () => {
    const ending = await runDeviceChild("exit-child.ts", [String(delay)]);
    assert.equal({ ...ending }, { code: 0, signal: null, stdout: "", stderr: "" });
  });
}

if (emulated) {
  test("memory that runs out is ERR_OUT_OF_MEMORY, and the process trains on, here and there", async () => {
    const { session, kernel, steps } = (await found("memory", { VIRTUAL_GPU_MEMORY: "64M" })) as {
      session: Failure;
      kernel: Failure;
      steps: number[];
    };
    for (const { code, message } of [session, kernel]) {
      assert.is(code, "ERR_OUT_OF_MEMORY");
      assert.match(message!, /bytes asked for, \d+ free of \d+/);
    }
    assert.equal(steps, [3, 3]);
  });

  test('no device is ERR_DEVICE_UNAVAILABLE with advice, and "auto" says why it took the CPU', async () => {
    const { session, kernel, device, deviceReason, steps, cuda } = (await found("missing", {
      VIRTUAL_GPU_DEVICES: "0",
    })) as {
      session: Failure;
      kernel: Failure;
      device: string;
      deviceReason: string;
      steps: number;
      cuda: { built: boolean; usable: boolean; reason: string };
    };
    for (const { code, message } of [session, kernel]) {
      assert.is(code, "ERR_DEVICE_UNAVAILABLE");
      assert.match(message!, "no CUDA device");
      assert.match(message!, "nvidia-smi");
    }
    assert.is(device, "cpu");
    assert.match(deviceReason, "no CUDA device");
    assert.is(steps, 3);
    assert.equal([cuda.built, cuda.usable], [true, false]);
  });

  for (const capability of ["75", "90"]) {
    // A few steps of small networks; see the tolerance of training.
    test(`compute capability ${capability}: the results of the CPU`, async () => {
      const difference = (await found("difference", { VIRTUAL_GPU_CC: capability })) as number;
      assert.ok(difference <= tolerance, `${difference}`);
    });
  }
}

test.run();
