import type { ComparisonListeners, ComparisonRun } from "../recipes/comparison/compare-methods.js";
import type { Comparison } from "../recipes/comparison/comparison.js";
import { comparisonMarkdown } from "../recipes/comparison/markdown.js";
import type { Context } from "./context.js";
import type { JsonEvents } from "./json-events.js";
import { exitCodes, oneLine } from "./report-error.js";
import { shellWord } from "./shell-word.js";
import { TrainReport } from "./train-report.js";

const beginnings = { absent: "", started: ", goes on", finished: ", finished before" } as const;

/** What `compare` says while it runs, and at its end. */
export class CompareReport {
  private folder: string | undefined;
  private training: TrainReport | undefined;

  constructor(
    private readonly context: Context,
    private readonly options: { readonly events: JsonEvents | undefined; readonly quiet: boolean },
  ) {}

  readonly listeners: ComparisonListeners = {
    onFolder: (path) => {
      this.folder = path;
    },
    onRun: (run) => {
      this.close();
      this.options.events?.write("run", run);
      this.tell(`\nrun ${run.number} of ${run.of}: ${nameOf(run)}${beginnings[run.status]}\n`);
      if (run.status === "finished") return undefined;
      this.training = new TrainReport(this.context.stderr, this.options);
      return this.training.listeners;
    },
    onResult: (_, summary) => this.training?.summary(summary),
    onFailure: (run, { code, message }) => {
      this.close();
      const { method, seed } = run;
      this.options.events?.write("failure", { method, seed, code, message });
      this.context.stderr.write(`error [${code}]: ${nameOf(run)}: ${oneLine(message)}\n`);
      this.context.exitCode = exitCodes.failure;
    },
  };

  /** The table is the result, unless that is JSON. */
  result(comparison: Comparison): void {
    const { events, quiet } = this.options;
    events?.write("comparison", comparison);
    if (quiet) return;
    const { stdout, stderr } = this.context;
    (events === undefined ? stdout : stderr).write(comparisonMarkdown(comparison));
    this.tell(`\nthe comparison is in ${this.folder}\n`);
  }

  /** How to go on after an interruption. */
  stopped(): void {
    if (this.folder !== undefined) this.tell(`to go on, repeat the command with --out ${shellWord(this.folder)}\n`);
  }

  close(): void {
    this.training?.close();
    this.training = undefined;
  }

  private tell(text: string): void {
    if (!this.options.quiet) this.context.stderr.write(text);
  }
}

function nameOf({ method, seed }: ComparisonRun): string {
  return `${method}, seed ${seed}`;
}
