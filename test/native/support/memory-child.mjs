// `node memory-child.mjs <addon> <case>`: prints what a call answers, as JSON: its bytes, or the error.
import { emptySession, load, openSession } from "./lifecycle/training.mjs";

const [path = "", name = ""] = process.argv.slice(2);

/** Where memory is full for large arrays, as the constructor says it. */
function fillMemory() {
  globalThis.Float32Array = new Proxy(Float32Array, {
    construct(target, args, newTarget) {
      if (args[0] >= 10_000) throw new RangeError("Array buffer allocation failed");
      return Reflect.construct(target, args, newTarget);
    },
  });
}

/** @type {Record<string, () => unknown>} */
const cases = {
  session: () => emptySession(load(path)).describe().memoryBytes,
  /** A session that takes less than its data. */
  dataset: () => openSession(load(path), { units: 8 }).describe().memoryBytes,
  async prediction() {
    const inputs = new Float32Array(64 * 1000);
    fillMemory();
    const session = openSession(load(path));
    const call = { batchSize: 50, output: /** @type {const} */ ("logits"), samples: 0, draw: 0 };
    const { values } = await session.predict({ ...call, inputs: inputs.subarray(0, 64 * 999) });
    if (values.length !== 9990) throw new Error(`${values.length} values`);
    await session.predict({ ...call, inputs });
  },
};

try {
  console.log(JSON.stringify({ bytes: await cases[name]?.() }));
} catch (error) {
  const { code, message, details } = /** @type {Error & { code?: string, details?: unknown }} */ (error);
  console.log(JSON.stringify({ code, message, details }));
}
