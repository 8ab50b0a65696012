import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type Dataset, fromArrays } from "../../lib/index.js";
import { stateNames } from "../../lib/kernels.js";
import { batchNorm } from "../../lib/layers/batch-norm.js";
import { linear } from "../../lib/layers/linear.js";
import { meanSquaredError } from "../../lib/losses/mean-squared-error.js";
import { sequential } from "../../lib/model/sequential.js";
import type { NamedTensor } from "../../lib/native/contract.js";
import { BayesBiNN } from "../../lib/optimizers/bayesbinn.js";
import { optimizerTypes } from "../../lib/optimizers/index.js";
import { STE } from "../../lib/optimizers/ste.js";
import {
  averageAccuracyOf,
  forgettingOf,
  forwardTransferOf,
  type TaskEvaluation,
} from "../../lib/training/continual/continual-history.js";
import type { ContinualCallback, ContinualTrainerOptions } from "../../lib/training/continual/continual-options.js";
import { ContinualTrainer } from "../../lib/training/continual/continual-trainer.js";
import { nextState } from "../../lib/training/continual/next-task.js";
import { refused, rejection } from "../support/refused.js";
import { generator } from "./support/random.js";

const test = suite("continual learning");

const features = 23;

/**
 * Two classes, told apart by the sign of a random projection of their own.
 *
 * @param ownFeatures the inputs that are not 0
 */
function task(number: number, samples = 240, ownFeatures = (_feature: number) => true) {
  const next = generator(number);
  const direction = Array.from({ length: features }, () => next() - 0.5);
  const part = (length: number): Dataset => {
    const inputs = Float32Array.from({ length: length * features }, (_, i) =>
      ownFeatures(i % features) ? 2 * next() - 1 : 0,
    );
    const sum = (row: number) => direction.reduce((total, d, f) => total + d * inputs[row * features + f]!, 0);
    const targets = Int32Array.from({ length }, (_, row) => (sum(row) > 0 ? 1 : 0));
    return fromArrays({ inputs, sampleShape: [features], targets, classes: 2 });
  };
  return { name: `task ${number}`, train: part(samples), test: part(samples) };
}

const tasks = [task(1), task(2), task(3)];

function trainerOf(options: Partial<ContinualTrainerOptions> = {}): ContinualTrainer {
  const layers = [linear({ units: 30 }), batchNorm(), linear({ units: 2 }), batchNorm()];
  return new ContinualTrainer({
    model: sequential({ inputShape: [features], layers }),
    optimizer: new BayesBiNN({
      learningRate: 1e-2,
      temperature: 1,
      momentum: 0.9,
      initialLambda: 1,
      perWeightPrior: true,
    }),
    threads: 2,
    ...options,
  });
}

const fitting = { tasks, epochs: 3, batchSize: 40, samples: 3 };

type State = Map<string, Float32Array>;

async function stateOf(trainer: ContinualTrainer): Promise<State> {
  return new Map((await trainer.session.getState("training")).map(({ name, data }) => [name, data]));
}

test("average accuracy, forgetting and forward transfer are those of their definitions", () => {
  const matrix = [
    [0.9, 0.3, 0.2],
    [0.7, 0.8, 0.4],
    [0.75, 0.6, 1],
  ];
  const rounded = (values: readonly number[]) => values.map((value) => Number(value.toFixed(12)));
  assert.equal(rounded(averageAccuracyOf(matrix)), rounded([0.9, 1.5 / 2, 2.35 / 3]));
  // Lost: 0.9 - 0.75 of the first task, 0.8 - 0.6 of the second.
  assert.equal(rounded([forgettingOf(matrix)!]), [0.175]);
  // Before their training, tasks 2 and 3 stood at 0.3 and 0.4, untrained at 0.25 and 0.1.
  assert.equal(rounded([forwardTransferOf(matrix, [0.5, 0.25, 0.1])!]), [0.175]);
  assert.is(forgettingOf([[0.9]]), undefined);
  assert.is(forwardTransferOf([[0.9]], [0.5]), undefined);
});

test("averages of gradients begin anew for every method, and what belongs to the weights stays", () => {
  const kept = new Set(["previous_lambda", "prior", "auxiliary_mean"]);
  for (const { type, create } of optimizerTypes) {
    const names = stateNames(create({}));
    const state = ["w", ...names.map((name) => `w/${name}`)].map((name) => tensor(name, [1, 2, 3]));
    for (const { name, data } of nextState(state, false)) {
      const stays = name === "w" || kept.has(name.slice(2));
      assert.equal([...data], stays ? [1, 2, 3] : [0, 0, 0], `${type}: ${name}`);
    }
  }
});

const tensor = (name: string, values: number[]): NamedTensor => ({ name, shape: [3], data: Float32Array.from(values) });

/** The state when each task begins. */
async function beginnings(prior: "previous" | "first" | "none"): Promise<State[]> {
  const states: State[] = [];
  await using trainer = trainerOf({ prior });
  const onTaskBegin = async () => void states.push(await stateOf(trainer));
  await trainer.fit({ ...fitting, continualCallback: { onTaskBegin } });
  return states;
}

test("the posterior of a task is the prior of the next, without momentum", async () => {
  const [first, second, third] = await beginnings("previous");
  assert.ok([...first!.get("linear1.weight/prior")!].every((value) => value === 0));
  for (const state of [second!, third!]) {
    for (const name of ["linear1.weight", "linear2.weight"]) {
      assert.equal(state.get(`${name}/prior`), state.get(name));
      assert.ok(state.get(`${name}/momentum`)!.every((value) => value === 0));
    }
  }
  assert.not.equal(second!.get("linear1.weight"), third!.get("linear1.weight"));
});

test("the prior of the first task's posterior stays, or none is taken at all", async () => {
  const [, second, third] = await beginnings("first");
  assert.equal(second!.get("linear1.weight/prior"), second!.get("linear1.weight"));
  assert.equal(third!.get("linear1.weight/prior"), second!.get("linear1.weight"));
  const [, without] = await beginnings("none");
  assert.ok(without!.get("linear1.weight/prior")!.every((value) => value === 0));
});

test("the updates of the bias correction are counted from the beginning of the task", async () => {
  await using trainer = trainerOf();
  await trainer.fit(fitting);
  // 240 samples in batches of 40, three epochs of each of three tasks; the noise goes on.
  assert.equal(trainer.session.counters, { step: 54, updates: [18] });
});

test("a second fit goes on from the first", async () => {
  await using whole = trainerOf();
  await whole.fit(fitting);
  await using parts = trainerOf();
  await parts.fit({ ...fitting, tasks: tasks.slice(0, 1) });
  await parts.fit({ ...fitting, tasks: tasks.slice(1) });
  assert.equal(await stateOf(parts), await stateOf(whole));
});

test("how a task is evaluated changes nothing of the training", async () => {
  const states: State[] = [];
  for (const policy of ["shared", "task", "reestimated"] as const) {
    await using trainer = trainerOf({ batchNorm: policy });
    await trainer.fit({ ...fitting, evaluations: 3 });
    states.push(await stateOf(trainer));
  }
  assert.equal(states[1], states[0]);
  assert.equal(states[2], states[0]);
});

test("with statistics of its own, a task is evaluated with those at the end of its training", async () => {
  await using trainer = trainerOf({ batchNorm: "task" });
  const statistics: NamedTensor[][] = [];
  const onEvaluation: ContinualCallback["onEvaluation"] = async () => {
    statistics.push((await trainer.session.getState("model")).filter(({ name }) => name.includes("running")));
  };
  const { accuracyMatrix } = await trainer.fit({ ...fitting, continualCallback: { onEvaluation } });
  const state = await trainer.session.getState("model");
  for (const [number, own] of statistics.entries()) {
    await trainer.session.setState("model", [...state.filter(({ name }) => !name.includes("running")), ...own]);
    const { accuracy } = await trainer.model.evaluate(tasks[number]!.test, { samples: 3 });
    assert.is(accuracyMatrix[2]![number], accuracy);
  }
});

test("with statistics gathered anew, from the training samples of the task evaluated", async () => {
  await using trainer = trainerOf({ batchNorm: "reestimated", reestimationSamples: 1000 });
  const { accuracyMatrix, modeAccuracyMatrix } = await trainer.fit(fitting);
  for (const [number, { test: data, train }] of tasks.entries()) {
    const options = { reestimateBatchNorm: train };
    assert.is(accuracyMatrix[2]![number], (await trainer.model.evaluate(data, { ...options, samples: 3 })).accuracy);
    assert.is(modeAccuracyMatrix[2]![number], (await trainer.model.evaluate(data, options)).accuracy);
  }
});

test("evaluations are spread over the epochs of a task", async () => {
  await using trainer = trainerOf();
  const seen: TaskEvaluation[] = [];
  const names: string[] = [];
  const lengths: number[] = [];
  const { evaluations, accuracyMatrix, epochs, distributions, initialAccuracies } = await trainer.fit({
    ...fitting,
    epochs: 5,
    evaluations: 2,
    finalSamples: 4,
    continualCallback: {
      onTaskBegin: (_, name) => void names.push(name),
      onEvaluation: (evaluation) => void seen.push(evaluation),
      onTaskEnd: ({ averageAccuracy }) => void lengths.push(averageAccuracy.length),
    },
  });
  assert.equal(names, ["task 1", "task 2", "task 3"]);
  assert.equal(lengths, [1, 2, 3]);
  assert.equal(seen, evaluations);
  assert.equal(
    evaluations.map(({ task, epoch, samples }) => [task, epoch, samples]),
    [1, 2, 3].flatMap((number) => [
      [number, 3, 3],
      [number, 5, 4],
    ]),
  );
  assert.equal(
    accuracyMatrix,
    evaluations.filter(({ epoch }) => epoch === 5).map(({ accuracies }) => accuracies),
  );
  assert.equal(
    epochs.map((records) => records.map(({ epoch }) => epoch)),
    [1, 2, 3].map(() => [1, 2, 3, 4, 5]),
  );
  assert.is(initialAccuracies.length, 3);
  for (const distribution of distributions) {
    assert.is(distribution?.quantity, "probability");
    assert.is(
      distribution?.counts.reduce((sum, count) => sum + count, 0),
      30 * (features + 2),
    );
  }
});

test("with the posterior as prior the first task is kept better than without", async () => {
  // Weights of the first task's features have no gradient in the second: without a prior they fall back to 0.
  const apart = [task(1, 1000, (feature) => feature < 12), task(2, 1000, (feature) => feature >= 12)];
  const kept: number[] = [];
  for (const prior of ["previous", "none"] as const) {
    const optimizer = new BayesBiNN({ learningRate: 2e-2, temperature: 0.5, initialLambda: 1, perWeightPrior: true });
    await using trainer = trainerOf({ prior, optimizer });
    const { accuracyMatrix } = await trainer.fit({ ...fitting, tasks: apart, epochs: 12 });
    assert.ok(accuracyMatrix[0]![0]! > 0.85, `the first task is learned: ${accuracyMatrix[0]}`);
    kept.push(accuracyMatrix[1]![0]!);
  }
  assert.ok(kept[0]! > kept[1]! + 0.1, `with prior ${kept[0]}, without ${kept[1]}`);
});

test("methods without a posterior have no prior to hand on", async () => {
  const optimizer = new STE({ learningRate: 1e-2 });
  await using trainer = trainerOf({ optimizer, prior: "none" });
  const { distributions } = await trainer.fit({ ...fitting, epochs: 1 });
  assert.is(distributions[0]?.quantity, "latent");
  const accepted = /ContinualTrainer\.prior: "previous".*"none".*perWeightPrior/;
  await refused(() => trainerOf({ optimizer }), "ERR_OPTION_RANGE", accepted);
  const plain = new BayesBiNN();
  await refused(() => trainerOf({ optimizer: plain, prior: "first" }), "ERR_OPTION_RANGE", /"first"/);
});

test("what cannot be trained is refused before the first step", async () => {
  await refused(() => trainerOf({ loss: meanSquaredError() }), "ERR_OPTION_RANGE", /ContinualTrainer\.loss/);
  await using trainer = trainerOf();
  const { train } = tasks[0]!;
  const narrow = fromArrays({ inputs: new Float32Array(22), sampleShape: [22], targets: Int32Array.of(1), classes: 2 });
  const wrong = { name: "narrow", train, test: narrow };
  const sequence = { ...fitting, tasks: [tasks[0]!, wrong] };
  await refused(() => trainer.fit(sequence), "ERR_SHAPE_MISMATCH", /fit\.tasks\[1\]\.test/);
  await refused(() => trainer.fit({ ...fitting, tasks: [] }), "ERR_OPTION_RANGE", /fit\.tasks/);
  for (const [options, text] of [
    [{ batchSize: 2000 }, "fit.batchSize: 2000"],
    [{ evaluationBatchSize: 2000 }, "fit.evaluationBatchSize: 2000"],
    [{ callbacks: [{ onEpoch: () => undefined }] }, "fit.callbacks[0].onEpoch"],
    [{ continualCallback: { onTask: () => undefined } }, "fit.continualCallback.onTask"],
  ] as const) {
    const continualCallback = { onTaskBegin: () => assert.unreachable("a task begins") };
    const code = text.includes(".on") ? "ERR_OPTION_UNKNOWN" : "ERR_OPTION_RANGE";
    await refused(() => trainer.fit({ ...fitting, continualCallback, ...options } as never), code, text);
  }
  assert.is(trainer.session.counters.step, 0);
});

test("an abort ends the sequence, and the trainer can go on", async () => {
  await using trainer = trainerOf();
  const controller = new AbortController();
  const onTaskBegin = (number: number) => {
    if (number === 2) controller.abort(new Error("enough"));
  };
  const stopped = trainer.fit({ ...fitting, signal: controller.signal, continualCallback: { onTaskBegin } });
  await refused(() => trainer.fit(fitting), "ERR_BUSY");
  assert.is(((await rejection(() => stopped)) as Error).message, "enough");
  const { accuracyMatrix } = await trainer.fit({ ...fitting, tasks: tasks.slice(1, 2) });
  assert.is(accuracyMatrix.length, 1);
});

test("the posterior of the first task stays the prior, also after a fit that was stopped", async () => {
  await using trainer = trainerOf({ prior: "first" });
  const priors: Float32Array[] = [];
  const continualCallback: ContinualCallback = {
    onTaskBegin: async () => void priors.push((await stateOf(trainer)).get("linear1.weight/prior")!),
  };
  const controller = new AbortController();
  const onEpochEnd = () => {
    if (priors.length === 2) controller.abort(new Error("enough"));
  };
  await rejection(() =>
    trainer.fit({ ...fitting, signal: controller.signal, callbacks: [{ onEpochEnd }], continualCallback }),
  );
  await trainer.fit({ ...fitting, tasks: tasks.slice(1), continualCallback });
  const [, second, ...others] = priors;
  assert.ok(second!.some((value) => value !== 0));
  assert.equal(others, [second, second]);
});

test.run();
