/**
 * Weights as bits against the same weights as float32 values, which `replay` takes with `weights`: there, products come
 * from the BLAS. Both sum the same terms in another order.
 *
 * Rounding errors of n terms of one size add up to about sqrt(n) 2^-24 of the sum of a typical size; two layers of up to
 * 200 terms and a factor for unlucky entries: 1e-5 of a tensor's largest entry. Largest error reached, with each
 * instruction set: 2.7e-6.
 */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { NativeSession, ReplayCall, ReplayResult } from "../../lib/native/contract.js";
import { kernels } from "./support/addon.js";
import { close, sameBits } from "./support/compare.js";
import { randomFloats, randomLabels } from "./support/random.js";
import { refusedBy } from "./support/refused.js";
import { sameState } from "./support/same-state.js";
import { bayesbinn, chain, labelled, openSession, type SessionParts, stateOf, trainCall } from "./support/specs.js";

const test = suite("packed weights");
const tolerance = 1e-5;
const signTemperature = 1e-10;
const classes = 3;

/** `[inputs, units, batch]`; groups are of 4 or, from 96 outputs on, of 6 inputs, chunks of 8 groups. */
const shapes = [
  [1, 1, 1],
  [5, 7, 3],
  [31, 33, 16],
  [33, 97, 13],
  [101, 95, 17],
  [97, 96, 33],
  [193, 127, 15],
] as const;

interface Case {
  readonly shape: readonly [number, number, number];
  readonly samples?: number;
  /** 0.5: noise decides some signs; 12: none. */
  readonly size?: number;
  readonly options?: Readonly<Record<string, unknown>>;
  readonly layers?: SessionParts["layers"];
}

function open({ shape: [inputs, units, batch], samples = 1, size = 0.5, options = {}, layers }: Case): NativeSession {
  const method = { temperature: signTemperature, samples, initialLambda: size, learningRate: 1e-3, ...options };
  return openSession({
    inputShape: [inputs],
    layers: layers ?? chain(["linear", { units, bias: "binary" }], ["tanh"], ["linear", { units: classes }]),
    maxBatch: Math.max(batch, 7),
    threads: 2,
    binary: bayesbinn(method),
  });
}

function callOf([inputs, , batch]: Case["shape"], seed = 3): ReplayCall {
  return {
    inputs: randomFloats(batch * inputs, seed, -2, 2),
    targets: randomLabels(batch, classes, seed + 1),
    batch,
    phase: "train",
    commit: true,
  };
}

function closeTo(actual: Float32Array, expected: Float32Array, what: string): void {
  const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  close(actual, expected, tolerance * largest, what);
}

function sameResults(actual: ReplayResult, expected: ReplayResult, what: string): void {
  close(actual.losses, expected.losses, tolerance, `${what}: losses`);
  for (const kind of ["outputs", "inputGradients", "gradients"] as const) {
    for (const [i, values] of expected[kind].entries()) closeTo(actual[kind][i]!, values, `${what}: ${kind} ${i}`);
  }
}

for (const shape of shapes) {
  test(`${shape.join(" x ")}: outputs, gradients and update are those of float32 weights`, async () => {
    for (const samples of [1, 2]) {
      for (const size of [0.5, 12]) {
        const what = `${samples} samples, lambda ${size}`;
        const [bits, values] = [open({ shape, samples, size }), open({ shape, samples, size })];
        const drawn = await bits.replay(callOf(shape));
        assert.ok(drawn.weights[0]!.every((weight) => Math.abs(weight) === 1));
        const given = await values.replay({ ...callOf(shape), weights: drawn.weights });
        sameResults(drawn, given, what);
        const [left, right] = [await stateOf(bits), await stateOf(values)];
        for (const [name, { data }] of right) closeTo(left.get(name)!.data, data, `${what}: ${name}`);
      }
    }
  });
}

test("evaluations by mode and by samples are those of the same weights as float32 values", async () => {
  const draw = 5;
  for (const shape of shapes) {
    const [inputs, , batch] = shape;
    const session = open({ shape });
    const call = { ...callOf(shape), commit: false, phase: "eval" as const };
    // The order of the parameters is that of the optimizer's arrays: all are its own.
    const latent = Float32Array.from([...(await stateOf(session, "model")).values()].flatMap(({ data }) => [...data]));
    const mode = latent.map((value) => (value >= 0 ? 1 : -1));
    const sampleWeights = (sample: number): Float32Array => {
      const u = new Float32Array(latent.length);
      kernels.uniform({ seed: 1, stream: "prediction", step: draw, sample }, u);
      return latent.map((value, i) => {
        const margin = 1 / (1 + Math.exp(-2 * value)) - u[i]!;
        assert.ok(Math.abs(margin) > 1e-7, "a draw that the last bit decides: take another seed");
        return margin > 0 ? 1 : -1;
      });
    };
    for (const samples of [0, 1, 3]) {
      const weights = samples === 0 ? [mode] : Array.from({ length: samples }, (_, sample) => sampleWeights(sample));
      const outputs: Float32Array[] = [];
      for (const one of weights) outputs.push((await session.replay({ ...call, weights: [one] })).outputs[0]!);
      const mean = outputs[0]!.map((_, i) => outputs.reduce((sum, values) => sum + values[i]!, 0) / outputs.length);
      // The last batch is a part of one.
      const batchSize = Math.ceil(batch / 2) + (batch > 2 ? 1 : 0);
      const prediction = { inputs: call.inputs, batchSize, output: "logits" as const, samples, draw };
      closeTo((await session.predict(prediction)).values, mean, `${shape}, ${samples} samples: logits`);

      const data = { ...labelled(batch, [inputs], classes), inputs: call.inputs, targets: call.targets! };
      const evaluation = await session.evaluate({ dataset: session.addDataset(data), batchSize, samples, draw });
      const probabilities = await session.predict({ ...prediction, output: "probabilities" });
      const losses = [...call.targets!].map((label, b) => -Math.log(probabilities.values[b * classes + label]!));
      const loss = losses.reduce((sum, value) => sum + value, 0);
      // The logarithm of a probability is as uncertain as its relative error; the smallest ones are about 1e-20.
      assert.ok(Math.abs(evaluation.lossSum - loss) <= 1e-4 * (1 + loss), `${evaluation.lossSum} and ${loss}`);
    }
  }
});

/** What may happen between steps without a trace, beside changes that both sessions get. */
async function disturb(session: NativeSession, dataset: number, call: ReplayCall): Promise<void> {
  await session.evaluate({ dataset, batchSize: 7, samples: 0, draw: 0 });
  await session.predict({ inputs: call.inputs, batchSize: 5, output: "logits", samples: 2, draw: 3 });
  const { weights } = await session.replay({ ...call, commit: false });
  await session.replay({ ...call, commit: false, weights });
  await session.replay({ ...call, commit: false, phase: "eval" });
  const noise = weights.map((values) => new Float32Array(values.length).fill(0.25));
  await session.replay({ ...call, commit: false, noise });
}

/** Sets the state to what it is: the next step has to draw and pack its weights anew. */
async function restore(session: NativeSession): Promise<void> {
  await session.setState("training", await session.getState("training"));
  session.setCounters(session.counters());
}

test("weights drawn within an update are those of a step on its own, whatever comes between", async () => {
  for (const shape of [[33, 97, 7] as const, [5, 7, 7] as const]) {
    for (const samples of [1, 3]) {
      for (const size of [0.5, 12]) {
        const options = { staleMu: samples === 3, learningRate: 1e-2 };
        const single = open({ shape, samples, size, options });
        const whole = open({ shape, samples, size, options });
        const busy = open({ shape, samples, size, options });
        const data = labelled(35, [shape[0]], classes);
        const [dataset] = [single, whole, busy].map((session) => session.addDataset(data)) as [number];
        for (const [epoch, temperature] of [signTemperature, 0.5, signTemperature, 1e-7, 1].entries()) {
          for (const session of [single, whole, busy]) session.setHyperparameters(0, { temperature });
          await whole.train(trainCall(dataset, { epoch, batches: 5 }));
          for (let firstBatch = 0; firstBatch < 5; firstBatch++) {
            await restore(single);
            await single.train(trainCall(dataset, { epoch, firstBatch }));
            await disturb(busy, dataset, callOf(shape, firstBatch));
            await busy.train(trainCall(dataset, { epoch, firstBatch }));
          }
          const what = `${shape}, ${samples} samples, lambda ${size}, epoch ${epoch}`;
          await sameState(whole, single, what);
          await sameState(busy, single, `${what}, disturbed`);
        }
      }
    }
  }
});

test("state from another session takes effect at once", async () => {
  const shape = [31, 33, 7] as const;
  const data = labelled(35, [31], classes);
  const [source, target] = [open({ shape }), open({ shape })];
  const [dataset] = [source, target].map((session) => session.addDataset(data)) as [number];
  await source.train(trainCall(dataset, { batches: 5 }));
  await target.train(trainCall(dataset, { epoch: 1, batches: 5 }));
  await target.setState("training", await source.getState("training"));
  for (const session of [source, target]) await session.train(trainCall(dataset, { epoch: 2, batches: 5 }));
  await sameState(target, source, "five steps later");
});

test("NaN and infinity among the inputs reach outputs and loss of their sample, and no other", async () => {
  for (const shape of [
    [5, 7, 5],
    [33, 97, 17],
  ] as const) {
    const [inputs, units, batch] = shape;
    const layers = chain(["linear", { units }], ["relu"], ["linear", { units: classes }]);
    const call = { ...callOf(shape), commit: false };
    const clean = await open({ shape, layers }).replay(call);
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      for (const sample of [0, batch - 1]) {
        const session = open({ shape, layers });
        const spoilt = { ...call, inputs: call.inputs.slice() };
        spoilt.inputs[sample * inputs + (inputs >> 1)] = bad;
        const { outputs, losses } = await session.replay(spoilt);
        assert.not.ok(Number.isFinite(losses[0]));
        for (let b = 0; b < batch; b++) {
          const own = outputs[0]!.subarray(b * classes, (b + 1) * classes);
          if (b === sample) assert.not.ok(own.every(Number.isFinite), `${bad} in sample ${b}`);
          else sameBits(own, clean.outputs[0]!.subarray(b * classes, (b + 1) * classes), `${bad}: sample ${b}`);
        }
        await refusedBy(() => session.replay({ ...spoilt, commit: true }), "ERR_NUMERIC");
        const same = await session.replay(call);
        sameBits(same.outputs[0]!, clean.outputs[0]!, "afterwards");
      }
    }
  }
});

test("latent weights that would be no finite numbers: ERR_NUMERIC", async () => {
  const shape = [33, 97, 7] as const;
  const overflowing = [
    { learningRate: 1e38 },
    { trainSetSize: 1e38 },
    { klWeight: 1e38, learningRate: 1e38, priorLambda: 1 },
  ];
  for (const size of [0.5, 12]) {
    for (const options of overflowing) {
      for (const samples of [1, 2]) {
        const [trained, replayed] = [open({ shape, samples, size, options }), open({ shape, samples, size, options })];
        const dataset = trained.addDataset(labelled(70, [33], classes));
        // What is finite after a step may be so large that the next ones cannot be.
        await refusedBy(() => trained.train(trainCall(dataset, { batches: 10 })), "ERR_NUMERIC", /latent weights/);
        await refusedBy(
          async () => {
            for (let i = 0; i < 10; i++) await replayed.replay(callOf(shape, i));
          },
          "ERR_NUMERIC",
          /latent weights/,
        );
      }
    }
  }
});

test("weights that an update broke are of no use until others are set", async () => {
  const shape = [33, 97, 7] as const;
  const options = { learningRate: 1e38 };
  const [session, fresh] = [
    open({ shape, samples: 1, size: 12, options }),
    open({ shape, samples: 1, size: 12, options: {} }),
  ];
  const whole = await fresh.getState("training");
  const dataset = session.addDataset(labelled(70, [33], classes));
  await refusedBy(() => session.train(trainCall(dataset, { batches: 10 })), "ERR_NUMERIC", /latent weights/);
  const evaluation = { dataset, batchSize: 7, samples: 0, draw: 0 };
  const prediction = { inputs: new Float32Array(33), batchSize: 1, output: "logits" as const, samples: 0, draw: 0 };
  for (const call of [
    () => session.train(trainCall(dataset, { batches: 1 })),
    () => session.evaluate(evaluation),
    () => session.predict(prediction),
    () => session.keepState("best"),
    () => session.distributions(20),
    () => session.replay(callOf(shape, 0)),
  ]) {
    await refusedBy(call, "ERR_NUMERIC", /latent weights/);
  }
  const broken = await session.getState("training");
  await refusedBy(() => session.setState("training", broken), "ERR_NUMERIC", /accepted: finite numbers/);
  await session.setState("training", whole);
  session.setHyperparameters(0, { learningRate: 1e-3 });
  fresh.setHyperparameters(0, { learningRate: 1e-3 });
  const { lossSum } = await session.evaluate(evaluation);
  const other = fresh.addDataset(labelled(70, [33], classes));
  assert.is(lossSum, (await fresh.evaluate({ ...evaluation, dataset: other })).lossSum);
});

test.run();
