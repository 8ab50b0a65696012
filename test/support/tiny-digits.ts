import { writeFile } from "node:fs/promises";
import { join } from "node:path";

const side = 28;

/**
 * Writes the four IDX files of a data set that a small network learns at once: an image of class c is dark but for a bright
 * bar at rows 2c to 2c + 2, with some noise that depends on the sample.
 */
export async function writeTinyDigits(folder: string, train = 600, test = 200): Promise<void> {
  await writePart(folder, "train", train, 1);
  await writePart(folder, "t10k", test, 2);
}

async function writePart(folder: string, part: string, count: number, seed: number): Promise<void> {
  const images = new Uint8Array(count * side * side);
  const labels = new Uint8Array(count);
  let state = seed;
  for (let i = 0; i < count; i++) {
    labels[i] = i % 10;
    for (let pixel = 0; pixel < side * side; pixel++) {
      // The "minimal standard" generator of Park and Miller: any noise will do.
      state = (state * 48271) % 2147483647;
      const row = Math.floor(pixel / side) - 2 * (i % 10);
      images[i * side * side + pixel] = (row >= 0 && row < 3 ? 200 : 0) + (state % 50);
    }
  }
  await writeFile(join(folder, `${part}-images-idx3-ubyte`), idx([count, side, side], images));
  await writeFile(join(folder, `${part}-labels-idx1-ubyte`), idx([count], labels));
}

function idx(shape: readonly number[], data: Uint8Array): Buffer {
  const header = Buffer.alloc(4 + 4 * shape.length);
  header.set([0, 0, 8, shape.length]);
  shape.forEach((size, axis) => {
    header.writeUInt32BE(size, 4 + 4 * axis);
  });
  return Buffer.concat([header, data]);
}
