import { BayesBinnError } from "../native/errors.js";

/**
 * Bytes in shared memory, which sessions read in place, without a copy.
 *
 * @param file what the bytes are for, named by the error
 * @throws BayesBinnError `ERR_OUT_OF_MEMORY`
 */
export function sharedBytes(file: string, count: number): Uint8Array {
  try {
    return new Uint8Array(new SharedArrayBuffer(count));
  } catch (cause) {
    const message = `${file}: no memory for ${count} bytes`;
    throw new BayesBinnError("ERR_OUT_OF_MEMORY", message, { file, bytes: count }, { cause });
  }
}
