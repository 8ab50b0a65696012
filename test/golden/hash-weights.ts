/**
 * Weights of layer `layer` of the end-to-end cases: weight i is +1 where the top bit of a hash of i (MurmurHash3's
 * 32-bit finaliser) is set, and -1 elsewhere.
 */
export function hashWeights(count: number, layer: number, seed: number): Float32Array {
  const weights = new Float32Array(count);
  const offset = Math.imul(layer, 0x9e3779b9) + seed;
  for (let i = 0; i < count; i++) {
    let hash = (i + offset) | 0;
    hash ^= hash >>> 16;
    hash = Math.imul(hash, 0x85ebca6b);
    hash ^= hash >>> 13;
    hash = Math.imul(hash, 0xc2b2ae35);
    hash ^= hash >>> 16;
    weights[i] = hash < 0 ? 1 : -1;
  }
  return weights;
}
