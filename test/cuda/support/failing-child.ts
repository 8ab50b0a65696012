// `node --import tsx failing-child.ts <addon>`, loaded after the library in BAYESBINN_FAILING_DRIVER: lets calls of the
// driver fail, one in the life of a session. Says, as a line of JSON, how many lives each call ended, and what was wrong.
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
const failures: Record<string, number> = {};

/** The first calls and then, in growing strides, later ones, until one is not reached any more. */
async function fail(life: () => Promise<Life>, call: string, result: "trap" | number): Promise<void> {
  const expected = await unharmed(life);
  for (let at = 1; ; at += 1 + (at >> 1)) {
    const what = `${call} ${at} ${result}`;
    process.env["BAYESBINN_FAILING_CALL"] = what;
    const ending = await life();
    delete process.env["BAYESBINN_FAILING_CALL"];
    if ("numbers" in ending) {
      if (ending.numbers !== expected) problems.push(`${what}: other numbers`);
      return;
    }
    failures[call] = (failures[call] ?? 0) + 1;
    const { code, message } = ending.error as { readonly code?: string; readonly message?: string };
    codes.add(code ?? String(ending.error));
    if (!message?.startsWith("cuda: ")) problems.push(`${what}: ${ending.error}`);
    const next = await life();
    if (!("numbers" in next)) problems.push(`${what}: afterwards ${next.error}`);
    else if (next.numbers !== expected) problems.push(`${what}: other numbers afterwards`);
  }
}

const [invalidValue, outOfMemory, illegalAddress] = [1, 2, 700];

// Nobody else is there: what is done once for all, and errors that end the context for all.
for (const call of ["cuDevicePrimaryCtxRetain", "cuCtxSetCurrent", "cuModuleLoadDataEx", "cuModuleGetFunction"])
  await fail(sessionLife, call, invalidValue);
for (const life of [sessionLife, kernelLife]) {
  for (const call of ["cuMemAlloc_v2", "cuStreamSynchronize"]) await fail(life, call, illegalAddress);
  await fail(life, "cuLaunchKernel", "trap");
}
await fail(sessionLife, "cuGraphLaunch", illegalAddress);

// While another session computes there, which loses nothing.
const other = openSession(parts);
const dataset = other.addDataset(data);
const calls = [
  ...["cuStreamCreate", "cuStreamSynchronize", "cuLaunchKernel", "cuMemsetD8Async"],
  ...["cuMemcpyHtoDAsync_v2", "cuMemcpyDtoHAsync_v2", "cuMemcpyDtoDAsync_v2"],
  ...["cuEventCreate", "cuEventRecord", "cuEventSynchronize", "cuStreamWaitEvent"],
  ...["cuStreamBeginCapture_v2", "cuStreamEndCapture", "cuGraphInstantiateWithFlags", "cuGraphLaunch"],
];
for (const call of ["cuMemAlloc_v2", "cuMemHostAlloc"]) await fail(sessionLife, call, outOfMemory);
for (const call of calls) await fail(sessionLife, call, invalidValue);
for (const call of calls.slice(0, 3)) await fail(kernelLife, call, invalidValue);
if ((await other.train(trainCall(dataset, { batches: 5 }))).steps !== 5) problems.push("the other session");

console.log(JSON.stringify({ codes: [...codes].sort(), problems, failures }));
