/** Formats that are read. */
export type ImageFormat = "png" | "jpeg";

const signatures: Readonly<Record<ImageFormat, readonly number[]>> = {
  png: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a],
  jpeg: [0xff, 0xd8, 0xff],
};

/** The format of an image by its first bytes, whatever its name; undefined for anything but PNG and JPEG. */
export function imageFormat(bytes: Uint8Array): ImageFormat | undefined {
  const formats = Object.entries(signatures) as [ImageFormat, readonly number[]][];
  return formats.find(([, signature]) => signature.every((byte, index) => bytes[index] === byte))?.[0];
}
