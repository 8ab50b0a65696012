import { execFileSync } from "node:child_process";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { deflateRawSync, gzipSync } from "node:zlib";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { readIdx } from "../../../lib/data/idx.js";
import type { ErrorCode } from "../../../lib/native/errors.js";
import { failure, idx, inTempFolder, pattern } from "./idx-files.js";

const test = suite("idx");

/** Reads `contents` as a file. */
const read = (contents: Uint8Array, rank = 3, name = "file") =>
  inTempFolder(async (folder) => {
    await writeFile(join(folder, name), contents);
    return readIdx(join(folder, name), rank);
  });

/** Expects that reading `contents` fails at `offset`, and that the message names the file. */
async function refused(
  contents: Uint8Array,
  offset: number,
  message: RegExp,
  { rank = 3, unpacked = false, code = "ERR_DATASET_FORMAT" as ErrorCode } = {},
) {
  const error = await failure(() => read(contents, rank, "some-idx"), code, message, /some-idx, byte \d+/);
  assert.match(String(error.details.file), /some-idx$/);
  assert.is(error.details.offset, offset, error.message);
  assert.is(error.details.unpacked, unpacked, error.message);
}

const shape = [5, 3, 7];
const data = pattern(105);
const good = idx(shape, data);

test("reads shape and values, plain and gzip, whatever the name says", async () => {
  for (const [contents, name] of [
    [good, "a"],
    [gzipSync(good), "a.gz"],
    [good, "plain.gz"],
    [gzipSync(good), "packed"],
  ] as const) {
    const array = await read(contents, 3, name);
    assert.equal(array.shape, shape);
    assert.equal(array.data, data);
    assert.is(array.headerBytes, 16);
    assert.instance(array.data.buffer, SharedArrayBuffer, "sessions need no copy");
    assert.is(array.compressed, contents !== good);
  }
});

test("reads files of many chunks, and of a single value", async () => {
  const big = pattern(3 * 262_144 + 5); // several reads, the last one short
  const header = idx([1, 1, big.length], []);
  const file = Buffer.concat([header, big]);
  for (const contents of [file, gzipSync(file)]) {
    const array = await read(contents);
    assert.is(Buffer.compare(array.data, big), 0);
  }
  assert.equal((await read(idx([1], [9]), 1)).data, Uint8Array.of(9));
  // Several gzip members make one file, as `cat a.gz b.gz` does.
  const members = Buffer.concat([gzipSync(good.subarray(0, 11)), gzipSync(good.subarray(11))]);
  assert.equal((await read(members)).data, data);
});

test("follows symbolic links", () =>
  inTempFolder(async (folder) => {
    await writeFile(join(folder, "file"), good);
    await symlink(join(folder, "file"), join(folder, "link"));
    assert.equal((await readIdx(join(folder, "link"), 3)).data, data);
  }));

test("wrong magic numbers name the byte that is wrong and what is accepted", async () => {
  await refused(idx(shape, data, [1, 0, 8, 3]), 0, /wrong magic number 01 00 08 03; 00 00 08 03 is accepted/);
  await refused(idx(shape, data, [0, 9, 8, 3]), 1, /wrong magic number/);
  await refused(idx(shape, data, [0, 0, 0x0d, 3]), 2, /wrong magic number 00 00 0d 03/); // float32
  await refused(idx(shape, data, [0, 0, 8, 1]), 3, /wrong magic number 00 00 08 01/); // labels for images
  await refused(good, 3, /00 00 08 01 is accepted .*1-dimensional/, { rank: 1 });
  await refused(gzipSync(idx(shape, data, [0, 0, 8, 2])), 3, /of the unpacked data/, { unpacked: true });
  await refused(Buffer.from("hello"), 0, /wrong magic number 68 65 6c 6c/); // shorter than a header
  await refused(Buffer.from("<!DOCTYPE html><html></html>"), 0, /wrong magic number/);
});

test("truncated files, at every length", async () => {
  for (let length = 0; length < good.length; length++) {
    // A plain file that is too short is refused at its end.
    await refused(good.subarray(0, length), length, /the file ends/);
    await refused(gzipSync(good.subarray(0, length)), length, /the file ends/, { unpacked: true });
  }
});

test("trailing bytes", async () => {
  await refused(Buffer.concat([good, Buffer.of(0)]), good.length, /goes on after the 105 values of shape 5x3x7/);
  const packed = gzipSync(Buffer.concat([good, Buffer.of(0)]));
  await refused(packed, good.length, /goes on after/, { unpacked: true });
});

test("impossible dimensions are refused before anything is allocated", async () => {
  await refused(idx([0, 28, 28], []), 4, /dimension 0 is 0/);
  await refused(idx([5, 0, 28], []), 8, /dimension 1 is 0/);
  await refused(idx([5, 3, 0], []), 12, /dimension 2 is 0/);
  await refused(idx([0xffffffff, 0xffffffff, 0xffffffff], data), 4, /at most 2147483647 are accepted/);
  await refused(idx([2 ** 31], data), 4, /means 2147483648 values/, { rank: 1 });

  // 2 GB that the file cannot hold, whether plain or compressed: no memory is taken for them.
  const before = process.memoryUsage().arrayBuffers;
  const claim = idx([2 ** 31 - 1], data);
  await refused(claim, claim.length, /needs 2147483655 bytes/, { rank: 1 });
  const packed = gzipSync(claim);
  await refused(packed, packed.length * 1032, /ends before byte/, { rank: 1, unpacked: true });
  assert.ok(process.memoryUsage().arrayBuffers - before < 2 ** 26, "memory taken for what is not there");
});

test("a gzip bomb is unpacked no further than its header promises", async () => {
  const zeros = gzipSync(Buffer.alloc(1_000_000));
  const bomb = Buffer.concat([gzipSync(good), ...Array.from({ length: 300 }, () => zeros), Buffer.from("not gzip")]);
  // Whoever unpacked all 300 MB would find the damage at the end first.
  await refused(bomb, good.length, /goes on after/, { unpacked: true });
});

test("corrupt gzip", async () => {
  const packed = gzipSync(good);
  const flip = (index: number) => packed.map((byte, at) => (at === index ? byte ^ 0xff : byte));
  await refused(flip(2), 0, /corrupt gzip data/); // compression method
  await refused(flip(packed.length - 6), 0, /corrupt gzip data/); // checksum
  await refused(flip(packed.length - 2), 0, /corrupt gzip data/); // length
  for (const length of [2, 9, 12, packed.length - 9, packed.length - 1]) {
    await refused(packed.subarray(0, length), length, /the gzip data end too early/);
  }
  await refused(Buffer.concat([packed, Buffer.alloc(9)]), packed.length, /9 bytes follow the end of the gzip data/);
  await refused(Buffer.concat([packed, Buffer.from("tail")]), 0, /corrupt gzip data/);
  // Raw deflate is no gzip, and no IDX either.
  await failure(() => read(deflateRawSync(good)), "ERR_DATASET_FORMAT", /wrong magic number/);
});

test("every corrupted byte of a gzip file is noticed or harmless", async () => {
  const packed = gzipSync(good);
  for (let at = 0; at < packed.length; at++) {
    const contents = Buffer.from(packed);
    contents[at] = (contents[at] as number) ^ 0x10;
    const outcome = await read(contents).catch((error: unknown) => error);
    if ("data" in (outcome as object)) {
      // Such as the time in the gzip header; the checksum guards the data.
      assert.equal((outcome as { data: Uint8Array }).data, data, `byte ${at}`);
    } else {
      assert.is((outcome as { code?: string }).code, "ERR_DATASET_FORMAT", String(outcome));
    }
  }
});

test("what is no regular file", () =>
  inTempFolder(async (folder) => {
    await mkdir(join(folder, "directory"));
    await failure(
      () => readIdx(join(folder, "directory"), 1),
      "ERR_DATASET_FORMAT",
      /directory, byte 0: is not a regular/,
    );
    await failure(() => readIdx("/dev/zero", 1), "ERR_DATASET_FORMAT", /not a regular file/);
    const pipe = join(folder, "pipe");
    execFileSync("mkfifo", [pipe]);
    await failure(() => readIdx(pipe, 1), "ERR_DATASET_FORMAT", /pipe, byte 0: is not a regular file/);
    await failure(() => readIdx(join(folder, "nothing"), 1), "ERR_DATASET_MISSING", /nothing: no such file/);
    await failure(() => readIdx(`${folder}/\0`, 1), "ERR_DATASET_FORMAT", /cannot be read/);
  }));

test("reading does not block: other work gets its turn", async () => {
  let turns = 0;
  const timer = setInterval(() => turns++, 0);
  const big = idx([1, 1, 8_000_000], []);
  await read(gzipSync(Buffer.concat([big, Buffer.alloc(8_000_000)]), { level: 1 }));
  clearInterval(timer);
  assert.ok(turns > 0);
});

test.run();
