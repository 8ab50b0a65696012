import type { DeviceName } from "../native/contract.js";
import { outOfRange } from "../options/check.js";
import { deviceNames, deviceSchema } from "../options/device.js";
import { either, show } from "../options/show.js";

/** The option `--device`, for commander: its name, its help and its reader. */
export const deviceOption = [
  "--device <auto|cpu|cuda|cuda:N>",
  "where to compute; auto (default) takes CUDA if it is usable, cuda:1 is the second CUDA device",
  (text: string): DeviceName => {
    const { data } = deviceSchema.safeParse(text);
    if (data === undefined) throw outOfRange("--device", text, either(deviceNames.map(show)));
    return data;
  },
] as const;

/** Largest value of `--threads`; the addon's own limit. */
export const mostThreads = 256;
