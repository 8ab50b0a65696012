import { BayesBinnError } from "../native/errors.js";
import { outOfRange } from "../options/check.js";
import { show } from "../options/show.js";

/** Seeds at once, beyond which a range is a slip. */
const most = 1000;

const accepted = "integers >= 0 and ranges of them, such as 1..5 or 1,3,7";

/** A reader of an option that takes a list of seeds: `1..5`, `1,3,7`, `1..3,7`. */
export function seedList(option: string): (text: string) => number[] {
  return (text) => {
    const seeds = text.split(",").flatMap((part) => {
      const range = /^\s*(\d+)(?:\.\.(\d+))?\s*$/.exec(part);
      if (range === null) throw wrong(option, text);
      const first = Number(range[1]);
      const last = Number(range[2] ?? first);
      if (!Number.isSafeInteger(last) || last < first) throw wrong(option, text);
      if (last - first >= most) throw outOfRange(option, text, `at most ${most} seeds`);
      return Array.from({ length: last - first + 1 }, (_, index) => first + index);
    });
    if (new Set(seeds).size < seeds.length) throw outOfRange(option, text, "each seed once");
    return seeds;
  };
}

function wrong(option: string, text: string): BayesBinnError {
  const message = `${option}: ${show(text)} cannot be read, accepted: ${accepted}`;
  return new BayesBinnError("ERR_OPTION_TYPE", message, { path: option, value: text, accepted });
}
