import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { readSafetensors, streamSafetensors, type Tensor, writeSafetensors } from "../../../lib/io/safetensors.js";
import { BayesBinnError } from "../../../lib/native/errors.js";
import { refused, rejection } from "../../support/refused.js";
import { temporaryFolder } from "../../support/temporary-folder.js";

const test = suite("safetensors");

const folder = temporaryFolder();
const path = (name: string) => join(folder, name);

const tensors: readonly Tensor[] = [
  { name: "b.weight", shape: [2, 3], data: Float32Array.of(1, -2, 3.5, Number.NaN, -0, Number.POSITIVE_INFINITY) },
  { name: "packed", shape: [3], data: Uint8Array.of(1, 2, 255) },
  { name: "a.weight", shape: [], data: Float32Array.of(7) },
  { name: "empty", shape: [0, 4], data: new Float32Array(0) },
  { name: "steps", shape: [1], data: Int32Array.of(-5) },
  { name: "precise", shape: [1], data: Float64Array.of(Math.PI) },
];
const metadata = { format: "test", "__proto__ ": 'quotes " and \u00e9' };

/** A file of a header (an object, or text as it is) and data. */
function write(name: string, header: object | string, data: Uint8Array = new Uint8Array(0), claimed?: bigint): string {
  const text = Buffer.from(typeof header === "string" ? header : JSON.stringify(header));
  const prefix = Buffer.alloc(8);
  prefix.writeBigUInt64LE(claimed ?? BigInt(text.length));
  writeFileSync(path(name), Buffer.concat([prefix, text, data]));
  return path(name);
}

const hex = ({ buffer, byteOffset, byteLength }: Tensor["data"]) =>
  Buffer.from(buffer, byteOffset, byteLength).toString("hex");

test("gives back what was written", async () => {
  await writeSafetensors(path("all"), { metadata, tensors });
  const read = await readSafetensors(path("all"));
  assert.equal(read.metadata, metadata);
  // As bytes, since NaN and -0 are among them.
  const byName = (list: readonly Tensor[]) =>
    Object.fromEntries(list.map(({ name, shape, data }) => [name, [shape, data.constructor.name, hex(data)]]));
  assert.equal(byName(read.tensors), byName(tensors));
});

test("an error from the middle of the tensors leaves nothing, and comes out as it is", async () => {
  const reason = new BayesBinnError("ERR_DISPOSED", "gone");
  function* pieces() {
    yield Float32Array.of(1);
    throw reason;
  }
  const streamed = [{ name: "a", shape: [2], dtype: "F32", pieces }];
  assert.is(await rejection(() => streamSafetensors(path("streamed"), {}, streamed)), reason);
  assert.equal(
    readdirSync(folder).filter((name) => name.includes("streamed")),
    [],
  );
});

test("the bytes are those of the format, and the same for the same content", async () => {
  const [first, second] = [tensors[0]!, tensors[2]!];
  await writeSafetensors(path("one"), { metadata: { b: "2", a: "1" }, tensors: [first, second] });
  await writeSafetensors(path("two"), { metadata: { a: "1", b: "2" }, tensors: [second, first] });
  const bytes = readFileSync(path("one"));
  assert.ok(bytes.equals(readFileSync(path("two"))));
  const header =
    '{"__metadata__":{"a":"1","b":"2"},"a.weight":{"dtype":"F32","shape":[],"data_offsets":[0,4]},' +
    '"b.weight":{"dtype":"F32","shape":[2,3],"data_offsets":[4,28]}}';
  const padded = header.padEnd(Math.ceil(header.length / 8) * 8);
  assert.is(bytes.readBigUInt64LE(), BigInt(padded.length));
  assert.is(bytes.subarray(8, 8 + padded.length).toString(), padded);
  assert.is(bytes.length, 8 + padded.length + 28);
  assert.is(bytes.readFloatLE(8 + padded.length), 7);
});

test("reads a part of a larger buffer's memory, not all of it", async () => {
  const data = Float32Array.of(0, 1, 2, 3).subarray(1, 3);
  await writeSafetensors(path("view"), { metadata: {}, tensors: [{ name: "x", shape: [2], data }] });
  assert.equal((await readSafetensors(path("view"))).tensors[0]!.data, Float32Array.of(1, 2));
});

test("reads a header without metadata, in any order of tensors", async () => {
  const header = {
    z: { dtype: "U8", shape: [1], data_offsets: [4, 5] },
    a: { dtype: "F32", shape: [1], data_offsets: [0, 4] },
  };
  const read = await readSafetensors(write("plain", header, Uint8Array.of(0, 0, 128, 63, 9)));
  assert.equal(read.metadata, {});
  assert.equal(
    read.tensors.map(({ name, data }) => [name, data[0]]),
    [
      ["a", 1],
      ["z", 9],
    ],
  );
});

const f32 = (shape: unknown, data_offsets: unknown) => ({ x: { dtype: "F32", shape, data_offsets } });

const broken: Readonly<Record<string, { file: () => string; says: string }>> = {
  "no file": { file: () => path("nowhere"), says: "no such file" },
  "a folder": { file: () => folder, says: "it is no file" },
  "an empty file": { file: () => writeRaw("empty", new Uint8Array(0)), says: "0 bytes are no safetensors file" },
  "fewer bytes than the length takes": { file: () => writeRaw("seven", new Uint8Array(7)), says: "7 bytes" },
  "a header longer than the file": { file: () => write("long", "{}", undefined, 3n), says: "claims 3 bytes" },
  "a header of all memory": {
    file: () => write("huge", "{}", undefined, 2n ** 64n - 1n),
    says: "claims 18446744073709",
  },
  "no UTF-8": { file: () => writeRaw("utf", Uint8Array.of(2, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xfe)), says: "encoded data" },
  "no JSON": { file: () => write("text", "{x"), says: "JSON" },
  "a header that is an array": { file: () => write("array", "[]"), says: "the header is []" },
  "metadata of numbers": { file: () => write("meta", { __metadata__: { a: 1 } }), says: "__metadata__.a is no string" },
  "a tensor without fields": { file: () => write("fields", { x: null }), says: '"x" is null' },
  "an unknown dtype": { file: () => write("dtype", { x: { dtype: "constructor" } }), says: 'dtype "constructor"' },
  "a negative axis": { file: () => write("axis", f32([-1], [0, 0])), says: "shape [-1]" },
  "a shape beyond all numbers": { file: () => write("many", f32([2 ** 53 - 1, 2 ** 53 - 1], [0, 0])), says: "takes" },
  "a shape of infinity and nothing": {
    file: () =>
      write(
        "nan",
        f32(
          Array(99)
            .fill(2 ** 52)
            .concat(0),
          [0, 0],
        ),
      ),
    says: "NaN",
  },
  "descending offsets": { file: () => write("down", f32([0], [4, 0]), new Uint8Array(4)), says: "data_offsets [4, 0]" },
  "offsets beyond the data": {
    file: () => write("over", f32([1], [0, 4]), new Uint8Array(3)),
    says: "3 bytes of data, which ends at byte 4",
  },
  "a shape that is not its bytes": {
    file: () => write("size", f32([2], [0, 4]), new Uint8Array(4)),
    says: "takes 8 bytes, not 4",
  },
  "bytes that no tensor takes": {
    file: () => write("rest", f32([1], [0, 4]), new Uint8Array(5)),
    says: "but 5 follow",
  },
  "a gap": { file: () => write("gap", f32([1], [1, 5]), new Uint8Array(5)), says: "begins at byte 1" },
  overlaps: {
    file: () =>
      write("twice", { ...f32([1], [0, 4]), y: { dtype: "F32", shape: [1], data_offsets: [0, 4] } }, new Uint8Array(4)),
    says: "begins at byte 0 of the data, expected 4",
  },
};

function writeRaw(name: string, bytes: Uint8Array): string {
  writeFileSync(path(name), bytes);
  return path(name);
}

for (const [what, { file, says }] of Object.entries(broken)) {
  test(`refuses ${what}`, async () => {
    const error = await refused(() => readSafetensors(file()), "ERR_CHECKPOINT_FORMAT", says);
    assert.is(error.message.startsWith("not a safetensors file: "), what !== "no file");
    assert.is(error.details.path, file());
  });
}

test("refuses every truncated file", async () => {
  await writeSafetensors(path("whole"), { metadata, tensors });
  for (let length = readFileSync(path("whole")).length - 1; length >= 0; length -= 7) {
    truncateSync(path("whole"), length);
    await refused(() => readSafetensors(path("whole")), "ERR_CHECKPOINT_FORMAT");
  }
});

test("replaces a file at once and leaves nothing else behind", async () => {
  const place = join(folder, "atomic");
  mkdirSync(place);
  await writeSafetensors(join(place, "x"), { metadata: { version: "1" }, tensors: [] });
  await writeSafetensors(join(place, "x"), { metadata: { version: "2" }, tensors });
  assert.is((await readSafetensors(join(place, "x"))).metadata.version, "2");
  assert.equal(readdirSync(place), ["x"]);
});

test("refuses places that cannot be written, and leaves nothing behind", async () => {
  const write = (target: string) => () => writeSafetensors(target, { metadata: {}, tensors });
  await refused(write(join(folder, "none", "x")), "ERR_OUTPUT", "its folder does not exist");
  await refused(write(join(path("one"), "x")), "ERR_OUTPUT", "a part of the path is a file");
  const place = join(folder, "taken");
  mkdirSync(join(place, "x", "y"), { recursive: true });
  await refused(write(join(place, "x")), "ERR_OUTPUT", "it is a folder");
  assert.equal(readdirSync(place), ["x"]);
});

test("refuses folders without permission", async () => {
  // Root may write everywhere.
  if (process.getuid?.() === 0) return;
  const place = join(folder, "locked");
  mkdirSync(place);
  chmodSync(place, 0o500);
  await refused(() => writeSafetensors(join(place, "x"), { metadata: {}, tensors }), "ERR_OUTPUT", "no permission");
  assert.not.ok(existsSync(join(place, "x")));
});

test.run();
