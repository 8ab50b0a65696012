import { adam } from "./adam.js";
import { bayesbinn } from "./bayesbinn.js";
import { bop } from "./bop.js";
import type { Method } from "./method.js";
import { pmf } from "./pmf.js";
import { ste } from "./ste.js";

/** Every method that a recipe can be trained with. A new one is its own file and one line here. */
export const methods = [bayesbinn, ste, bop, pmf, adam] as const satisfies readonly Method[];

/** As typed on the command line. */
export type MethodName = (typeof methods)[number]["name"];

/** Their names. */
export const methodNames: readonly MethodName[] = methods.map(({ name }) => name);
