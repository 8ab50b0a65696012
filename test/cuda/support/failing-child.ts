// `node --import tsx failing-child.ts <addon>`, loaded after the library in BAYESBINN_FAILING_DRIVER: lets calls of the
// driver fail, one in the life of a session. Says, as a line of JSON, how often each call failed, and what was wrong.
import { kernels } from "../../native/support/addon.js";
import { bayesbinn, chain, labelled, openSession, trainCall } from "../../native/support/specs.js";

const parts = {
  inputShape: [7],
  layers: chain(["linear", { units: 5 }], ["batchNorm"], ["relu"], ["dropout"], ["linear", { units: 4 }]),
  binary: bayesbinn({ temperature: 1e-8 }),
  device: "cuda",
} as const;
const data = labelled(33, parts.inputShape, 4);

type Life = { readonly numbers: string } | { readonly error: unknown };

/** What a session computes from its beginning to its end, or the error that ended it. */
async function sessionLife(): Promise<Life> {
  let session: ReturnType<typeof openSession> | undefined;
  try {
    session = openSession(parts);
    const dataset = session.addDataset(data);
    const numbers: unknown[] = [];
    // Four batches of 7 and one of 5: two forms of steps, each issued, recorded and replayed.
    for (let epoch = 0; epoch < 3; epoch++) {
      const { stepLosses } = await session.train(trainCall(dataset, { epoch, batches: 5 }));
      numbers.push([...stepLosses]);
    }
    const choice = { samples: 2, draw: 1, batchSize: 7 };
    numbers.push(await session.evaluate({ ...choice, dataset }));
    const inputs = data.inputs as Float32Array;
    numbers.push([...(await session.predict({ ...choice, inputs, output: "probabilities" })).values]);
    numbers.push((await session.getState("training")).map((tensor) => [...tensor.data]));
    return { numbers: JSON.stringify(numbers) };
  } catch (error) {
    return { error };
  } finally {
    session?.dispose();
  }
}

/** A kernel by itself; from the first on, the device stays open for the next. */
async function kernelLife(): Promise<Life> {
  try {
    const drawn = new Float32Array(500);
    kernels.uniform({ seed: 1, stream: "weights", step: 0, sample: 0 }, drawn, "cuda");
    return { numbers: JSON.stringify([...drawn]) };
  } catch (error) {
    return { error };
  }
}

async function unharmed(life: () => Promise<Life>): Promise<string> {
  const ending = await life();
  if ("error" in ending) throw ending.error;
  return ending.numbers;
}

const codes = new Set<string>();
const problems: string[] = [];
/** How often each call failed, and how often that ended a life. */
const failures: Record<string, { failed: number; ended: number }> = {};

type Options = { readonly before?: () => Promise<unknown> };

/** Lets the first calls and then, in ever larger strides, later ones fail, until one is not reached any more. */
async function fail(life: () => Promise<Life>, call: string, result: "trap" | number, { before }: Options = {}) {
  const expected = await unharmed(life);
  for (let at = 1; ; at += 1 + at) {
    await before?.();
    const what = `${call} ${at} ${result}`;
    process.env["BAYESBINN_FAILING_CALL"] = what;
    const ending = await life();
    delete process.env["BAYESBINN_FAILING_CALL"];
    const failed = process.env["BAYESBINN_FAILED_CALL"] === what;
    if ("numbers" in ending && ending.numbers !== expected) problems.push(`${what}: other numbers`);
    if (!failed) {
      if ("error" in ending) problems.push(`${what} was not reached: ${ending.error}`);
      return;
    }
    failures[call] ??= { failed: 0, ended: 0 };
    failures[call].failed++;
    if ("numbers" in ending) continue;
    failures[call].ended++;
    const { code, message } = ending.error as { readonly code?: string; readonly message?: string };
    codes.add(code ?? String(ending.error));
    if (!message?.startsWith("cuda: ")) problems.push(`${what}: ${ending.error}`);
    const next = await life();
    if (!("numbers" in next)) problems.push(`${what}: afterwards ${next.error}`);
    else if (next.numbers !== expected) problems.push(`${what}: other numbers afterwards`);
  }
}

const [invalidValue, outOfMemory, illegalAddress] = [1, 2, 700];

/** So that the device is opened anew. */
async function loseContext(): Promise<void> {
  process.env["BAYESBINN_FAILING_CALL"] = `cuStreamSynchronize 1 ${illegalAddress}`;
  const ending = await sessionLife();
  delete process.env["BAYESBINN_FAILING_CALL"];
  if (!("error" in ending)) problems.push("the context was not lost");
}

// Nobody else is there: what is done once for all, and errors that end the context for all.
for (const call of ["cuDevicePrimaryCtxRetain", "cuModuleLoadDataEx", "cuModuleGetFunction", "cuFuncSetAttribute"])
  await fail(sessionLife, call, invalidValue, { before: loseContext });
for (const life of [sessionLife, kernelLife]) {
  for (const call of ["cuCtxSetCurrent", "cuMemAlloc_v2", "cuStreamSynchronize"])
    await fail(life, call, illegalAddress);
  await fail(life, "cuLaunchKernel", "trap");
}
await fail(sessionLife, "cuGraphLaunch", illegalAddress);

// While another session computes there, which loses nothing.
const [other, twin] = [openSession(parts), openSession(parts)];
const [dataset] = [other.addDataset(data), twin.addDataset(data)];
await other.train(trainCall(dataset, { batches: 5 }));
const calls = [
  ...["cuCtxSetCurrent", "cuStreamCreate", "cuStreamSynchronize", "cuLaunchKernel", "cuMemsetD8Async"],
  ...["cuMemcpyHtoDAsync_v2", "cuMemcpyDtoHAsync_v2", "cuMemcpyDtoDAsync_v2", "cuMemGetInfo_v2"],
  ...["cuEventCreate", "cuEventRecord", "cuEventSynchronize", "cuStreamWaitEvent"],
  ...["cuStreamBeginCapture_v2", "cuStreamEndCapture", "cuGraphInstantiateWithFlags", "cuGraphLaunch"],
];
for (const call of ["cuMemAlloc_v2", "cuMemHostAlloc"]) await fail(sessionLife, call, outOfMemory);
for (const call of calls) await fail(sessionLife, call, invalidValue);
for (const call of calls.slice(0, 5)) await fail(kernelLife, call, invalidValue);
await other.train(trainCall(dataset, { epoch: 1, batches: 5 }));
for (const epoch of [0, 1]) await twin.train(trainCall(dataset, { epoch, batches: 5 }));
const [state, expected] = [await other.getState("training"), await twin.getState("training")];
if (JSON.stringify(state) !== JSON.stringify(expected)) problems.push("the other session has other numbers");

console.log(JSON.stringify({ codes: [...codes].sort(), problems, failures }));
