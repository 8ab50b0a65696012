import crc32c from "crc-32/crc32c.js";

/** Added to a checksum after its rotation: a checksum of data that hold checksums stays a good one. */
const maskDelta = 0xa282ead8;

/**
 * Data as an entry of a TFRecord file: length (64 bits), checksum of the length, data, checksum of the data; little-endian.
 * Checksums are CRC-32C, rotated right by 15 bits.
 */
export function recordOf(data: Uint8Array): Buffer {
  const entry = Buffer.alloc(8 + 4 + data.length + 4);
  entry.writeBigUInt64LE(BigInt(data.length));
  entry.writeUInt32LE(maskedChecksum(entry.subarray(0, 8)), 8);
  entry.set(data, 12);
  entry.writeUInt32LE(maskedChecksum(data), 12 + data.length);
  return entry;
}

function maskedChecksum(data: Uint8Array): number {
  const checksum = crc32c.buf(data);
  return (((checksum >>> 15) | (checksum << 17)) + maskDelta) >>> 0;
}
