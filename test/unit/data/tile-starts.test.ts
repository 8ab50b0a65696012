// Where tiles begin on an axis, and what they see beyond its ends.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { mirrored } from "../../../lib/data/tiles/mirrored.js";
import { tileStarts } from "../../../lib/data/tiles/tile-starts.js";

const test = suite("places of tiles");

/** Every axis up to 23 pixels with every window and overlap that there can be. */
function* axes(): Generator<readonly [size: number, window: number, overlap: number, starts: readonly number[]]> {
  for (let size = 1; size <= 23; size++) {
    for (let window = 1; window <= 25; window++) {
      for (let overlap = 0; overlap < window; overlap++)
        yield [size, window, overlap, tileStarts(size, window, overlap)];
    }
  }
}

/** The fewest windows that cover an axis: each as far to the right as the overlap lets it be, until the end is reached. */
function fewest(size: number, window: number, overlap: number): number {
  let count = 1;
  for (let end = window; end < size; end += window - overlap) count++;
  return count;
}

test("windows begin at the first pixel, end at the last one, and share the overlap or more", () => {
  for (const [size, window, overlap, starts] of axes()) {
    if (window >= size) continue;
    const what = `${window} of ${size}, overlap ${overlap}: ${starts}`;
    assert.is(starts[0], 0, what);
    assert.is(starts.at(-1), size - window, what);
    for (let i = 1; i < starts.length; i++) {
      assert.ok(Number.isInteger(starts[i]) && starts[i]! > starts[i - 1]!, what);
      assert.ok(starts[i - 1]! + window - starts[i]! >= overlap, what);
    }
  }
});

test("they are as few as can be, and evenly spread", () => {
  for (const [size, window, overlap, starts] of axes()) {
    const what = `${window} of ${size}, overlap ${overlap}: ${starts}`;
    assert.is(starts.length, fewest(size, window, overlap), what);
    const steps = starts.slice(1).map((start, i) => start - starts[i]!);
    if (steps.length > 0) assert.ok(Math.max(...steps) - Math.min(...steps) <= 1, what);
  }
});

test("a window that is longer than the axis is the only one, with the axis in its middle", () => {
  for (const [size, window, , starts] of axes()) {
    if (window < size) continue;
    const before = -starts[0]!;
    const after = window - size - before;
    assert.is(starts.length, 1);
    assert.ok(after - before === 0 || after - before === 1, `${window} of ${size}: ${starts}`);
    assert.not.ok(Object.is(starts[0], -0), "a zero without a sign, as it is written into files");
  }
});

test("the published sizes: 512 pixels by 388 of the U-Net, and by 100", () => {
  assert.equal(tileStarts(512, 388, 0), [0, 124]);
  assert.equal(tileStarts(512, 100, 0), [0, 82, 165, 247, 330, 412]);
});

test("places beyond the edges show what numpy.pad has in mode reflect", () => {
  // numpy.pad(numpy.arange(size), (before, after), "reflect")
  const rows: readonly [size: number, before: number, padded: readonly number[]][] = [
    [2, 3, [1, 0, 1, 0, 1, 0, 1, 0, 1]],
    [3, 5, [1, 0, 1, 2, 1, 0, 1, 2, 1, 0, 1, 2, 1, 0, 1]],
    [5, 11, [3, 2, 1, 0, 1, 2, 3, 4, 3, 2, 1, 0, 1, 2, 3, 4, 3, 2, 1, 0, 1, 2, 3, 4, 3]],
  ];
  for (const [size, before, padded] of rows) {
    assert.equal(
      padded.map((_, at) => mirrored(at - before, size)),
      padded,
    );
  }
});

test("a single pixel is all that mirrors beside it show", () => {
  assert.equal(
    [-7, -1, 0, 1, 30].map((place) => mirrored(place, 1)),
    [0, 0, 0, 0, 0],
  );
});

test.run();
