// Training steps with the optimizer, and what their time goes into.
import type { Dataset, SessionProfile } from "../../lib/index.js";
import { createAugmentation } from "../../lib/recipes/assemble.js";
import type { Config } from "../../lib/recipes/config.js";
import { type Contestant, joinRounds, type Measurement, type Row, type Settings } from "./measurement.js";
import {
  cifar10Vgg,
  continualMlp,
  emUnetSmall,
  mnistMlp,
  mnistPart,
  noiseImages,
  noiseTiles,
  trainerOf,
} from "./networks.js";
import { median } from "./statistics.js";

interface Network {
  /** As pytorch.py knows it. */
  readonly row: string;
  readonly config: Config;
  readonly samples: (length: number) => Dataset | Promise<Dataset>;
  readonly stepsARound: number;
}

const networks: readonly Network[] = [
  { row: "mnist-mlp step", config: mnistMlp, samples: mnistPart, stepsARound: 40 },
  { row: "784-100-100-10 step", config: continualMlp, samples: mnistPart, stepsARound: 400 },
  { row: "cifar10-vgg step", config: cifar10Vgg, samples: noiseImages, stepsARound: 3 },
  { row: "em-unet-small step", config: emUnetSmall, samples: noiseTiles, stepsARound: 8 },
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
  description:
    "training steps of mnist-mlp, of 784-100-100-10, of cifar10-vgg and of em-unet-small, with the optimizer, and their parts",
  async run(settings) {
    const rows: Row[] = [];
    for (const network of networks) {
      const { samples, config, stepsARound } = network;
      rows.push(...(await measure(network, await samples(config.batchSize * stepsARound), settings)));
    }
    return { rows, notes: [] };
  },
};

async function measure({ row, config }: Network, train: Dataset, settings: Settings): Promise<Row[]> {
  const { threads, rounds, pytorch } = settings;
  await using trainer = trainerOf(config, train, threads);
  const plan = { train, epochs: 1, batchSize: config.batchSize, augmentation: createAugmentation(config) };
  const fit = async () => (await trainer.fit(plan)).stepSeconds.map((s) => s * 1000);
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
