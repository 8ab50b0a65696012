// Training steps with the optimizer, and what their time goes into.
import type { Dataset, SessionProfile } from "../../lib/index.js";
import type { Config } from "../../lib/recipes/config.js";
import { type Contestant, joinRounds, type Measurement, type Row, type Settings } from "./measurement.js";
import { continualMlp, mnistMlp, mnistPart, trainerOf } from "./networks.js";
import { median } from "./statistics.js";

const batchSize = 100;

interface Network {
  /** As pytorch.py knows it. */
  readonly row: string;
  readonly config: Config;
  readonly stepsARound: number;
}

const networks: readonly Network[] = [
  { row: "mnist-mlp step", config: mnistMlp, stepsARound: 40 },
  { row: "784-100-100-10 step", config: continualMlp, stepsARound: 400 },
];

/** Parts of a profile by the names of the table; whatever else it has is in the rest. */
const parts = {
  materialize: "materialise",
  forward: "forward products",
  inputGradient: "input gradient",
  weightGradient: "weight gradient",
  update: "update",
} as const satisfies Partial<Record<keyof SessionProfile, string>>;

export const steps: Measurement = {
  name: "step",
  description: "training steps of mnist-mlp and of 784-100-100-10, batch 100, with the optimizer, and their parts",
  async run(settings) {
    const rows: Row[] = [];
    for (const network of networks) {
      rows.push(...(await measure(network, await mnistPart(batchSize * network.stepsARound), settings)));
    }
    return { rows, notes: [] };
  },
};

async function measure({ row, config }: Network, train: Dataset, settings: Settings): Promise<Row[]> {
  const { threads, rounds, pytorch } = settings;
  await using trainer = trainerOf(config, train, threads);
  const fit = async () => (await trainer.fit({ train, epochs: 1, batchSize })).stepSeconds.map((s) => s * 1000);
  const whole = (value: number, beside: readonly Contestant[] = []): Row => {
    return { name: row, threads, unit: "ms", contestants: [{ name: "here", values: [value] }, ...beside] };
  };
  await fit(); // warm-up
  const measured: Row[][] = [];
  for (let round = 0; round < rounds; round++) {
    const before = trainer.profile;
    const milliseconds = await fit();
    const after = trainer.profile;
    const rows = [whole(median(milliseconds), await pytorch?.turn(row, threads))];
    const total = milliseconds.reduce((sum, value) => sum + value, 0);
    for (const [part, value] of partsOf(before, after, total, milliseconds.length)) {
      rows.push({ ...whole(value), part });
    }
    measured.push(rows);
  }
  return joinRounds(measured);
}

/** Mean milliseconds a step of each part, by the names of the table; `total` is that of all steps in between. */
function partsOf(before: SessionProfile, after: SessionProfile, total: number, count: number): [string, number][] {
  const keys = Object.keys(parts) as (keyof typeof parts)[];
  const named = keys.map((key): [string, number] => [parts[key], (1000 * (after[key] - before[key])) / count]);
  const rest = total / count - named.reduce((sum, [, value]) => sum + value, 0);
  return [...named, ["rest", rest]];
}
