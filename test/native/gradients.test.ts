import { suite } from "uvu";
import * as assert from "uvu/assert";
import { addon } from "./support/addon.js";
import { close } from "./support/compare.js";
import { deep, type LayerRow, layerRows, masks, openRow } from "./support/layer-rows.js";
import { gradientPairs, gridValues } from "./support/numerical-gradient.js";
import { bayesbinn, openSession } from "./support/specs.js";

const test = suite("gradients");

/**
 * Of the largest gradient of an array. Errors of the numerical gradient are some 1e-5 a rounding of float32 on the way from
 * the moved value to the scalar (see `step`), 4e-5 at most as found; a wrong term is of the order of 1. Linear layers are
 * exact: all their products and sums are, of values on the grid.
 */
const tolerance = 2e-4;

async function check(row: LayerRow): Promise<void> {
  const { session, call } = await openRow(row);
  for (const { what, analytical, numerical } of await gradientPairs(session, call)) {
    const largest = Math.max(0.05, ...numerical.map(Math.abs));
    close(analytical, numerical, tolerance * largest, what);
  }
  session.dispose();
}

for (const row of layerRows) test(`${row.type}, ${row.name}`, () => check(row));

test("a deep network", () =>
  check({ type: "", name: "", parts: deep, batch: 5, targets: Int32Array.of(3, 0, 1, 2, 2) }));

test("every layer and every loss has a row", () => {
  const { layers, losses } = addon.registry();
  assert.equal([...new Set(layerRows.map(({ type }) => type))].sort(), [...layers, ...losses].sort());
});

test("gradients of each of three weight samples are those of the sample alone", async () => {
  const three = openSession({ ...deep, binary: bayesbinn({ samples: 3 }), maxBatch: 5 });
  const one = openSession({ ...deep, maxBatch: 5 });
  const inputs = gridValues(30, 1);
  const targets = Int32Array.of(3, 0, 1, 2, 2);
  const keep = masks(deep, 3 * 30);
  const shared = { inputs, targets, batch: 5, phase: "train" as const, commit: false };
  const all = await three.replay({ ...shared, dropoutKeep: keep });
  for (let s = 0; s < 3; s++) {
    const part = <T extends Float32Array | Uint8Array>(array: T) =>
      array.slice((s * array.length) / 3, ((s + 1) * array.length) / 3) as T;
    const dropoutKeep = Object.fromEntries(Object.entries(keep).map(([name, mask]) => [name, part(mask)]));
    const alone = await one.replay({ ...shared, dropoutKeep, weights: all.weights.map(part) });
    assert.is(all.losses[s], alone.losses[0]);
    assert.equal(all.inputGradients[s], alone.inputGradients[0]);
    assert.equal(all.gradients.map(part), [...alone.gradients]);
  }
});

test.run();
