import type { Measurement } from "./measurement.js";
import { runMnistMlp } from "./mnist-mlp-process.js";

export const peakMemory: Measurement = {
  name: "memory",
  description: "peak resident memory of an epoch of mnist-mlp with its evaluations, in a process of its own",
  async run({ threads }) {
    const values = [runMnistMlp("epoch", threads).peakBytes / 1e6];
    const name = "mnist-mlp run, peak resident memory";
    return { rows: [{ name, threads, unit: "MB", contestants: [{ name: "here", values }] }], notes: [] };
  },
};
