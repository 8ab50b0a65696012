import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Callback } from "../../../lib/training/callback.js";
import { refused, rejection } from "../../support/refused.js";
import { setUp, train, validation } from "./fit-setup.js";

const test = suite("callbacks of fit");

test("a misspelt callback is refused, also one of a class; other members are its own", async () => {
  const { trainer } = setUp();
  const fit = (callback: object) => () => trainer.fit({ train, epochs: 1, callbacks: [callback as Callback] });
  class Misspelt {
    onEpochend() {}
  }
  for (const callback of [{ onEpochend: () => {} }, new Misspelt()]) {
    await refused(
      fit(callback),
      "ERR_OPTION_UNKNOWN",
      'fit.callbacks[0].onEpochend: unknown option, did you mean "onEpochEnd"?',
    );
  }
  await fit({ once: true, online: 1, losses: [] })();
});

test("callbacks come in order, are waited for, and may use the trainer", async () => {
  const { trainer, model } = setUp();
  const events: string[] = [];
  const pause = () => new Promise((resolve) => setTimeout(resolve, 1));
  const note = (who: string): Callback => ({
    onTrainBegin: ({ epochs, lastEpoch, stepsPerEpoch }) =>
      void events.push(`${who} begin ${epochs} ${lastEpoch} ${stepsPerEpoch}`),
    onEpochBegin: async (epoch) => {
      await pause();
      events.push(`${who} epoch ${epoch}`);
    },
    onEpochEnd: async ({ epoch }) => {
      await trainer.evaluate(validation);
      await model.predict(Float32Array.of(1, 2));
      events.push(`${who} end of ${epoch}`);
    },
    onTrainEnd: ({ bestEpoch }) => void events.push(`${who} best ${bestEpoch}`),
  });
  await trainer.fit({ train, epochs: 1, callbacks: [note("a"), note("b")] });
  const both = (event: string) => [`a ${event}`, `b ${event}`];
  assert.equal(events, [...both("begin 1 1 1"), ...both("epoch 1"), ...both("end of 1"), ...both("best 1")]);
});

test("what a callback throws ends the fit, and the trainer stays usable", async () => {
  const { trainer, native } = setUp();
  const reason = new TypeError("from a callback");
  for (const name of ["onTrainBegin", "onEpochBegin", "onBatchEnd", "onEpochEnd", "onTrainEnd"] as const) {
    const sync = {
      [name]: () => {
        throw reason;
      },
    };
    const async = { [name]: () => Promise.reject(reason) };
    for (const callback of [sync, async]) {
      assert.is(await rejection(() => trainer.fit({ train, epochs: 1, callbacks: [callback] })), reason, name);
    }
  }
  const before = native.argumentsOf("train").length;
  await trainer.fit({ train, epochs: 1 });
  assert.is(native.argumentsOf("train").length, before + 1);
});

test.run();
