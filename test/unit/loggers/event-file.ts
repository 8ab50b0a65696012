/*
 * Event files of TensorBoard, read from scratch: TFRecord entries with their checksums, bit by bit, and the wire format of
 * protocol buffers, field by field.
 */

/** CRC-32C (polynomial 0x1edc6f41, bits reversed), as RFC 3720 has it. */
export function crc32c(data: Uint8Array): number {
  let remainder = 0xffffffff;
  for (const byte of data) {
    remainder ^= byte;
    for (let bit = 0; bit < 8; bit++) remainder = (remainder >>> 1) ^ (remainder & 1 ? 0x82f63b78 : 0);
  }
  return ~remainder >>> 0;
}

function unmasked(checksum: number): number {
  const rotated = (checksum - 0xa282ead8) >>> 0;
  return ((rotated << 15) | (rotated >>> 17)) >>> 0;
}

/** The data of all entries. */
export function readRecords(file: Buffer): Buffer[] {
  const records: Buffer[] = [];
  for (let at = 0; at < file.length; ) {
    const length = Number(file.readBigUInt64LE(at));
    if (unmasked(file.readUInt32LE(at + 8)) !== crc32c(file.subarray(at, at + 8))) throw new Error(`length at ${at}`);
    const data = file.subarray(at + 12, at + 12 + length);
    if (unmasked(file.readUInt32LE(at + 12 + length)) !== crc32c(data)) throw new Error(`data at ${at}`);
    records.push(data);
    at += 12 + length + 4;
  }
  return records;
}

/** A message: values by field number; numbers are doubles and floats, bigints are integers. */
type Message = Map<number, (number | bigint | Buffer)[]>;

function readMessage(data: Buffer): Message {
  const message: Message = new Map();
  let at = 0;
  const skip = (bytes: number): number => {
    at += bytes;
    return at - bytes;
  };
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = data[at++]!;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  while (at < data.length) {
    const key = Number(varint());
    const field = key >>> 3;
    let value: number | bigint | Buffer;
    if ((key & 7) === 0) value = varint();
    else if ((key & 7) === 1) value = data.readDoubleLE(skip(8));
    else if ((key & 7) === 5) value = data.readFloatLE(skip(4));
    else {
      const length = Number(varint());
      value = data.subarray(at, at + length);
      at += length;
    }
    message.set(field, [...(message.get(field) ?? []), value]);
  }
  return message;
}

const text = (message: Message, field: number) => message.get(field)?.[0]?.toString();
const messages = (message: Message, field: number) =>
  (message.get(field) ?? []).map((part) => readMessage(part as Buffer));

function doubles(message: Message, field: number): number[] {
  const packed = message.get(field)?.[0] as Buffer;
  return Array.from({ length: packed.length / 8 }, (_, index) => packed.readDoubleLE(8 * index));
}

export interface ReadHistogram {
  readonly min: number;
  readonly max: number;
  readonly num: number;
  readonly sum: number;
  readonly sumSquares: number;
  readonly limits: readonly number[];
  readonly counts: readonly number[];
}

export interface ReadEvent {
  readonly wallTime: number;
  readonly step: number;
  readonly version: string | undefined;
  readonly sessionStatus: number | undefined;
  readonly scalars: Readonly<Record<string, number>>;
  readonly histograms: Readonly<Record<string, ReadHistogram>>;
}

/** All events of a file. */
export function readEvents(file: Buffer): ReadEvent[] {
  return readRecords(file).map((data) => {
    const event = readMessage(data);
    const values = messages(event, 5).flatMap((summary) => messages(summary, 1));
    const number = (message: Message, field: number) => Number(message.get(field)?.[0] ?? 0);
    return {
      wallTime: number(event, 1),
      step: number(event, 2),
      version: text(event, 3),
      sessionStatus: messages(event, 7).map((log) => number(log, 1))[0],
      scalars: Object.fromEntries(
        values.filter((value) => value.has(2)).map((value) => [text(value, 1)!, value.get(2)![0] as number]),
      ),
      histograms: Object.fromEntries(
        values.flatMap((value) =>
          messages(value, 5).map((histogram) => [
            text(value, 1)!,
            {
              min: number(histogram, 1),
              max: number(histogram, 2),
              num: number(histogram, 3),
              sum: number(histogram, 4),
              sumSquares: number(histogram, 5),
              limits: doubles(histogram, 6),
              counts: doubles(histogram, 7),
            },
          ]),
        ),
      ),
    };
  });
}
