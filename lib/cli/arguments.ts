import { BayesBinnError } from "../native/errors.js";
import { outOfRange, unknownName } from "../options/check.js";
import { show } from "../options/show.js";

/** A reader of an integer option, for commander: `--threads 4`. */
export function integer(option: string, least: number, most = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = /^[+-]?\d+$/.test(text) ? Number(text) : Number.NaN;
    const unlimited = most === Number.MAX_SAFE_INTEGER && !(value > most);
    const accepted = unlimited ? `an integer >= ${least}` : `an integer in ${least}..${most}`;
    if (Number.isNaN(value)) {
      const message = `${option}: ${show(text)} has the wrong type, accepted: ${accepted}`;
      throw new BayesBinnError("ERR_OPTION_TYPE", message, { path: option, value: text, accepted });
    }
    if (value < least || value > most) throw outOfRange(option, value, accepted);
    return value;
  };
}

/** A reader of an option that takes a path, which may be anything but empty. */
export function path(option: string, accepted: string): (text: string) => string {
  return (text) => {
    if (text !== "") return text;
    const message = `${option}: "" is not accepted, accepted: ${accepted}`;
    throw new BayesBinnError("ERR_OPTION_RANGE", message, { path: option, value: text, accepted });
  };
}

/** A reader of an option that takes one of a few words. */
export function choice<Word extends string>(option: string, words: readonly Word[]): (text: string) => Word {
  return (text) => {
    const word = words.find((candidate) => candidate === text);
    if (word === undefined) throw unknownName(option, text, words);
    return word;
  };
}

/** A reader of an option that takes some of a few words, separated by commas, each once. */
export function choices<Word extends string>(option: string, words: readonly Word[]): (text: string) => Word[] {
  const read = choice(option, words);
  return (text) => {
    const chosen = text.split(",").map((part) => read(part.trim()));
    if (new Set(chosen).size < chosen.length) throw outOfRange(option, text, "each name once");
    return chosen;
  };
}

/** Collects the values of an option that can be repeated. */
export function repeated(value: string, earlier: readonly string[] = []): readonly string[] {
  return [...earlier, value];
}

/** Without the keys that are `undefined`, which is how an option that was not given looks. */
export function given<T extends object>(values: T): { [Key in keyof T]?: Exclude<T[Key], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [Key in keyof T]?: Exclude<T[Key], undefined>;
  };
}
