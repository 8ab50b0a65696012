import { valueAt } from "../options/accepted.js";
import { type Config, checkConfig } from "../recipes/config.js";
import { differences } from "../recipes/differences.js";
import { percentText } from "../recipes/percent.js";
import { presetConfig, presetNamed, presetResult } from "../recipes/preset.js";
import type { PaperResult } from "../recipes/recipe.js";
import type { RunSummary } from "../recipes/run-report.js";
import { paperText } from "./format.js";

/** A published number, and in which keys a run is another experiment than the one it is of. */
export interface PaperComparison {
  readonly paper: PaperResult;
  /** Paths in the configuration; empty where both numbers can be compared. */
  readonly differing: readonly string[];
}

/** The number of the recipe and method that a configuration is named after; `undefined` where there is none. */
export function paperComparison(config: Config): PaperComparison | undefined {
  const preset = presetNamed(config.name);
  const paper = preset && presetResult(preset);
  if (preset === undefined || paper === undefined) return undefined;
  // Schedules of a shorter training are no other experiment.
  return { paper, differing: differences(config, checkConfig(presetConfig(preset, config.epochs))) };
}

/**
 * A line for people:
 *
 *     paper: test accuracy 98.86 +- 0.05 % (Table 2); this run: 98.79 %
 *     paper: not comparable, dataset.name and model.width differ from the recipe
 */
export function comparisonText({ paper, differing }: PaperComparison, summary: RunSummary): string {
  if (differing.length > 0) {
    const verb = differing.length === 1 ? "differs" : "differ";
    return `paper: not comparable, ${listed(differing)} ${verb} from the recipe\n`;
  }
  const result = valueAt(summary, paper.metric.split("."));
  if (typeof result !== "number") return "";
  const shown = paper.metric.endsWith("accuracy") ? percentText(result) : result.toFixed(4);
  return `paper: ${paperText(paper)} (${paper.source}); this run: ${shown}\n`;
}

/** `a`, `a and b`, `a, b and c`, `a, b, c and 2 more`. */
function listed(keys: readonly string[]): string {
  const named = keys.slice(0, 3);
  const words = keys.length > named.length ? [...named, `${keys.length - named.length} more`] : named;
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}
