// Training steps with the optimizer, and what their time goes into.
import type { Dataset } from "../../lib/index.js";
import type { Config } from "../../lib/recipes/config.js";
import { type Contestant, joinRounds, type Measurement, type Result, type Row, type Settings } from "./measurement.js";
import { continualMlp, mnistMlp, mnistPart } from "./networks.js";
import { type Profile, profiledTrainerOf } from "./profiled-trainer.js";
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
} as const;

export const steps: Measurement = {
  name: "step",
  description: "training steps of mnist-mlp and of 784-100-100-10, batch 100, with the optimizer, and their parts",
  async run(settings) {
    const results: Result[] = [];
    for (const network of networks) {
      results.push(await measure(network, await mnistPart(batchSize * network.stepsARound), settings));
    }
    return { rows: results.flatMap(({ rows }) => rows), notes: [...new Set(results.flatMap(({ notes }) => notes))] };
  },
};

async function measure({ row, config }: Network, train: Dataset, settings: Settings): Promise<Result> {
  const { threads, rounds, pytorch } = settings;
  const { trainer, profile } = profiledTrainerOf(config, train, threads);
  await using _ = trainer;
  const fit = async () => (await trainer.fit({ train, epochs: 1, batchSize })).stepSeconds.map((s) => s * 1000);
  const whole = (value: number, beside: readonly Contestant[] = []): Row => {
    return { name: row, threads, unit: "ms", contestants: [{ name: "here", values: [value] }, ...beside] };
  };
  await fit(); // warm-up
  const measured: Row[][] = [];
  for (let round = 0; round < rounds; round++) {
    const before = profile();
    const milliseconds = await fit();
    const after = profile();
    const rows = [whole(median(milliseconds), await pytorch?.turn(row, threads))];
    if (before !== undefined && after !== undefined) {
      const total = milliseconds.reduce((sum, value) => sum + value, 0);
      for (const [part, value] of partsOf(before, after, total, milliseconds.length)) {
        rows.push({ ...whole(value), part });
      }
    }
    measured.push(rows);
  }
  const missing = profile() === undefined ? ["step: no parts, the addon keeps no profile (session.profile())"] : [];
  return { rows: joinRounds(measured), notes: missing };
}

/** Mean milliseconds a step of each part, by the names of the table; `total` is that of all steps in between. */
function partsOf(before: Profile, after: Profile, total: number, count: number): [string, number][] {
  const named = Object.entries(parts).map(([key, name]): [string, number] => {
    return [name, (1000 * ((after[key] ?? 0) - (before[key] ?? 0))) / count];
  });
  const rest = total / count - named.reduce((sum, [, value]) => sum + value, 0);
  return [...named, ["rest", rest]];
}
