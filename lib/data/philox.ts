/**
 * A block of Philox4x32-10: four random words that depend on counter and key alone. The same generator as that of native
 * code, for data sets that are drawn: loading data needs no addon.
 *
 * @param counter four words
 * @param key two words
 *
 * Source: Salmon et al., "Parallel Random Numbers: As Easy as 1, 2, 3", SC 2011.
 */
export function philox(counter: readonly number[], key: readonly number[]): Uint32Array {
  let [a, b, c, d] = counter as [number, number, number, number];
  let [k, l] = key as [number, number];
  for (let round = 0; round < 10; round++) {
    const [highA, highC] = [high(0xd2511f53, a), high(0xcd9e8d57, c)];
    [a, b, c, d] = [highC ^ b ^ k, Math.imul(0xcd9e8d57, c), highA ^ d ^ l, Math.imul(0xd2511f53, a)];
    k = (k + 0x9e3779b9) >>> 0;
    l = (l + 0xbb67ae85) >>> 0;
  }
  return Uint32Array.of(a, b, c, d);
}

/** The upper word of a product of two words. A double cannot hold it, so that it is put together from halves. */
function high(x: number, y: number): number {
  const [xHigh, xLow, yHigh, yLow] = [x >>> 16, x & 0xffff, y >>> 16, y & 0xffff];
  const middle = xHigh * yLow + Math.floor((xLow * yLow) / 0x10000);
  const carried = xLow * yHigh + (middle % 0x10000);
  return xHigh * yHigh + Math.floor(middle / 0x10000) + Math.floor(carried / 0x10000);
}
