import { FileWriter } from "../../io/file-writer.js";
import { BayesBinnError } from "../../native/errors.js";
import { formatError } from "../format-error.js";
import type { PublishedFile } from "./sources.js";

/** Options of {@link fetchFile}. */
export interface FetchFileOptions {
  readonly file: PublishedFile;
  /** Address of the folder that has it. */
  readonly base: string;
  /** The file to write. */
  readonly to: string;
  /** What to do where the address does not work, for the error message. */
  readonly advice: string;
  readonly signal?: AbortSignal;
  /** Is told the bytes of each piece. */
  readonly onBytes?: (bytes: number) => void;
}

/**
 * Fetches a published file and holds it against its length and its SHA-256. What is left behind after an error is for the
 * caller to remove.
 *
 * Errors: `ERR_DATASET_MISSING` where the address cannot be reached, answers with another status than 200, or the
 * connection ends too early; `ERR_DATASET_FORMAT` where what comes is not the published file; `ERR_OUTPUT` where it
 * cannot be written; the reason of `signal` after an abort.
 */
export async function fetchFile(options: FetchFileOptions): Promise<void> {
  const { file, base, to, signal, onBytes = () => {} } = options;
  const url = `${base}/${file.name}`;
  const response = await request(url, options);
  if (response.status !== 200 || response.body === null) {
    await response.body?.cancel().catch(() => undefined);
    throw unavailable(url, `the server answers ${response.status} ${response.statusText}`.trim(), options);
  }
  const writer = await FileWriter.create(to);
  try {
    for await (const chunk of piecesOf(url, response.body, writer, options)) {
      if (writer.bytes + chunk.length > file.bytes) throw wrongLength(url, options, "more");
      await writer.write(chunk);
      onBytes(chunk.length);
    }
    signal?.throwIfAborted();
    if (writer.bytes < file.bytes) throw wrongLength(url, options, `${writer.bytes}`, writer.bytes);
    const found = await writer.finish();
    if (found === file.sha256) return;
    throw unpublished(url, 0, `SHA-256 ${found}, accepted: ${file.sha256}`, options);
  } finally {
    await writer.close();
  }
}

async function request(url: string, options: FetchFileOptions): Promise<Response> {
  try {
    // Identity: what is published is a packed file, whose packing is no encoding for the journey.
    const headers = { "accept-encoding": "identity" };
    return await fetch(url, { headers, ...(options.signal !== undefined && { signal: options.signal }) });
  } catch (error) {
    options.signal?.throwIfAborted();
    throw unavailable(url, `cannot be reached: ${reasonOf(error)}`, options, error);
  }
}

async function* piecesOf(
  url: string,
  body: ReadableStream<Uint8Array>,
  writer: FileWriter,
  options: FetchFileOptions,
): AsyncGenerator<Uint8Array> {
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read().catch((error: unknown) => {
        options.signal?.throwIfAborted();
        const problem = `the connection ended after ${writer.bytes} of ${options.file.bytes} bytes: ${reasonOf(error)}`;
        throw unavailable(url, problem, options, error);
      });
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

function unavailable(url: string, problem: string, { advice }: FetchFileOptions, cause?: unknown): BayesBinnError {
  return new BayesBinnError(
    "ERR_DATASET_MISSING",
    `${url}: ${problem}. ${advice}`,
    { url },
    cause === undefined ? undefined : { cause },
  );
}

function wrongLength(url: string, options: FetchFileOptions, found: string, offset?: number): BayesBinnError {
  const { bytes } = options.file;
  return unpublished(url, offset ?? bytes, `it has ${found} bytes, accepted: ${bytes}`, options);
}

function unpublished(url: string, offset: number, problem: string, { advice }: FetchFileOptions): BayesBinnError {
  return formatError(url, offset, `is not the published file: ${problem}. ${advice}`);
}

/** `fetch` says "fetch failed" and has the reason as its cause, which may hold several: one for each address tried. */
function reasonOf(error: unknown): string {
  const { cause, message, code } = error as { cause?: unknown; message?: string; code?: string };
  if (cause instanceof Error) return reasonOf(cause);
  return (message || code) ?? String(error);
}
