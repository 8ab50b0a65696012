import { type ParseArgsConfig, parseArgs } from "node:util";

import { ScriptError } from "../support/process.mjs";

type Described = NonNullable<ParseArgsConfig["options"]>;

/** Options of the command line as strings; what is not among them is refused with what is. */
export function readOptions<const Options extends Described>(options: Options) {
  try {
    return parseArgs({ options, strict: true, allowPositionals: false }).values;
  } catch (error) {
    const accepted = Object.entries(options).map(
      ([name, { type }]) => `--${name}${type === "string" ? " <value>" : ""}`,
    );
    throw new ScriptError(`${(error as Error).message.split(". ", 1)[0]}; accepted: ${accepted.join(", ")}`);
  }
}

/** The number that an option was given. */
export function positiveInteger(name: string, text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new ScriptError(`--${name} ${text}: accepted are whole numbers from 1 on.`);
  return Number(text);
}
