import { suite } from "uvu";
import * as assert from "uvu/assert";
import { emulated, found } from "./support/on-device.js";

const test = suite("determinism on CUDA");

/** Orders in which blocks, warps and lanes run, and whether queued work waits until somebody needs it. */
const orders: readonly Readonly<Record<string, string>>[] = [
  { VIRTUAL_GPU_ORDER: "rev" },
  { VIRTUAL_GPU_ORDER: "rand:1" },
  { VIRTUAL_GPU_STREAMS: "lazy" },
  { VIRTUAL_GPU_SMS: "7" },
];

const first = found("digest");

test("two processes compute the same bits", async () => {
  assert.is(await found("digest"), await first);
});

if (emulated) {
  for (const order of orders) {
    test(`${Object.entries(order).flat().join(" ")}: the same bits`, async () => {
      assert.is(await found("digest", order), await first);
    });
  }
}

test.run();
