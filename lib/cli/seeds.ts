import { BayesBinnError } from "../native/errors.js";
import { outOfRange } from "../options/check.js";
import { show } from "../options/show.js";
import { mostSeeds } from "../recipes/comparison/most-seeds.js";

const accepted = "integers >= 0 and ranges of them, such as 1..5 or 1,3,7";

/** A reader of an option that takes a list of seeds: `1..5`, `1,3,7`, `1..3,7`. */
export function seedList(option: string): (text: string) => number[] {
  return (text) => {
    const seeds: number[] = [];
    for (const part of text.split(",")) {
      const range = /^\s*(\d+)(?:\.\.(\d+))?\s*$/.exec(part);
      if (range === null) throw wrong(option, text);
      const first = Number(range[1]);
      const last = Number(range[2] ?? first);
      if (!Number.isSafeInteger(last) || last < first) throw wrong(option, text);
      // Before they are made: a range may be any length.
      if (seeds.length + last - first >= mostSeeds) throw outOfRange(option, text, `at most ${mostSeeds} seeds`);
      for (let seed = first; seed <= last; seed++) seeds.push(seed);
    }
    if (new Set(seeds).size < seeds.length) throw outOfRange(option, text, "each seed once");
    return seeds;
  };
}

function wrong(option: string, text: string): BayesBinnError {
  const message = `${option}: ${show(text)} cannot be read, accepted: ${accepted}`;
  return new BayesBinnError("ERR_OPTION_TYPE", message, { path: option, value: text, accepted });
}
