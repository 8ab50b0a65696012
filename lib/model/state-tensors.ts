import type { StreamedTensor } from "../io/safetensors.js";
import type { Shape } from "../layers/layer.js";
import { sizeOf } from "../layers/shape.js";
import type { StateReader } from "./session.js";

/** Values in a piece, 4 MiB: a millisecond or two of work, and few turns of the event loop, each of which waits for a core. */
const pieceLength = 2 ** 20;

/** The tensors of a state for a file, under their names behind `prefix`. */
export function streamedTensors(state: StateReader, prefix = ""): StreamedTensor[] {
  return state.layout.map(({ name, shape }) => ({
    name: prefix + name,
    shape,
    dtype: "F32",
    pieces: () => piecesOf(state, name, shape),
  }));
}

/** A tensor in pieces that lie in one array, each over the one before. */
function* piecesOf(state: StateReader, name: string, shape: Shape): Generator<Float32Array> {
  const count = sizeOf(shape);
  const buffer = new Float32Array(Math.min(count, pieceLength));
  for (let first = 0; first < count; first += pieceLength) {
    const piece = buffer.subarray(0, Math.min(pieceLength, count - first));
    state.read(name, first, piece);
    yield piece;
  }
}
