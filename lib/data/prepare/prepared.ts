/** A part of a data set as it was written. */
export interface PreparedPart {
  readonly records: number;
  /** Of all its records in order, whatever files they are in. */
  readonly sha256: string;
}

/** What was written. */
export interface PreparedParts {
  readonly train: PreparedPart;
  readonly test: PreparedPart;
}

/** Is told how many records of all are done. */
export type RecordProgress = (done: number, total: number) => void;
