import { z } from "zod";

import type { DeviceName } from "../native/contract.js";

/** What a device is called, for messages. */
export const deviceNames = ["auto", "cpu", "cuda", "cuda:N"] as const;

/** Where to compute. */
export const deviceSchema = z.union([
  z.enum(["auto", "cpu", "cuda"]),
  z
    .custom<`cuda:${number}`>((value) => typeof value === "string" && /^cuda:(0|[1-9]\d{0,3})$/.test(value))
    .meta({ accepted: '"cuda:N"' }),
]) satisfies z.ZodType<DeviceName>;
