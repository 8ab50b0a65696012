import { BayesBinnError } from "../../native/errors.js";

/** A piece of a file in an archive or a folder. The pieces of a file follow each other; the last one has no data. */
export interface SourcePiece {
  /** Inside the source, with slashes. */
  readonly path: string;
  readonly data: Uint8Array;
  readonly last: boolean;
}

/** Gets the pieces of a source one by one, in order. */
export type TakePiece = (piece: SourcePiece) => Promise<void>;

/** `ERR_DATASET_FORMAT` for a file inside an archive or a folder. */
export function memberError(from: string, path: string, problem: string, cause?: unknown): BayesBinnError {
  return new BayesBinnError(
    "ERR_DATASET_FORMAT",
    `${from}, ${path}: ${problem}`,
    { file: from, member: path },
    cause === undefined ? undefined : { cause },
  );
}
