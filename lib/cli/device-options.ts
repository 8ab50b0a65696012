import type { DeviceName } from "../native/contract.js";
import { unknownName } from "../options/check.js";
import { deviceNames, deviceSchema } from "../options/device.js";

/** The option `--device`, for commander: its name, its help and its reader. */
export const deviceOption = [
  "--device <auto|cpu|cuda|cuda:N>",
  "where to compute; auto (default) takes CUDA if it is usable",
  (text: string): DeviceName => {
    const { data } = deviceSchema.safeParse(text);
    if (data === undefined) throw unknownName("--device", text, deviceNames);
    return data;
  },
] as const;

/** Largest value of `--threads`; the addon's own limit. */
export const mostThreads = 256;
