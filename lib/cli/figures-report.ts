import { isContinual } from "../recipes/continual/continual-config.js";
import type { DrawnFigure } from "../recipes/figures/draw-figures.js";
import type { TrainForFiguresOptions } from "../recipes/figures/train-for-figures.js";
import type { Context } from "./context.js";
import type { JsonEvents } from "./json-events.js";
import { shellWord } from "./shell-word.js";
import { TrainReport } from "./train-report.js";

const beginnings = { absent: "", started: ", goes on", finished: ", finished before" } as const;

/** What `figures` says while it works. */
export class FiguresReport {
  private training: TrainReport | undefined;
  /** The run that is being trained, where it cannot be resumed. */
  private lost: string | undefined;

  constructor(
    private readonly context: Context,
    private readonly options: { readonly events: JsonEvents | undefined; readonly quiet: boolean },
  ) {}

  readonly trainings: Pick<TrainForFiguresOptions, "onRun" | "onResult"> = {
    onRun: (run, config) => {
      this.close();
      this.options.events?.write("run", run);
      this.tell(`\nrun ${run.number} of ${run.of}: ${run.name}${beginnings[run.status]}\n`);
      if (run.status === "finished") return undefined;
      this.training = new TrainReport(this.context.stderr, this.options);
      if (!isContinual(config)) return this.training.listeners;
      this.lost = run.run;
      return this.training.continualListeners;
    },
    onResult: (_, summary) => {
      this.lost = undefined;
      if ("tasks" in summary) this.training?.continualSummary(summary);
      else this.training?.summary(summary);
    },
  };

  readonly drawings = {
    /** The list of files is the result, unless that is JSON. */
    onFigure: (figure: DrawnFigure): void => {
      const { events, quiet } = this.options;
      events?.write("figure", figure);
      if (quiet) return;
      const { stdout, stderr } = this.context;
      (events === undefined ? stdout : stderr).write(`${figure.title}: ${figure.svg}, ${figure.png}\n`);
    },
    onWarning: (message: string): void => {
      this.context.stderr.write(`warning: ${message}\n`);
    },
  };

  /** How to go on after an interruption. */
  stopped(folder: string): void {
    const first = this.lost === undefined ? "" : `remove ${shellWord(this.lost)}, which cannot be resumed, and `;
    this.tell(`to go on, ${first}repeat the command with --out ${shellWord(folder)}\n`);
  }

  close(): void {
    this.training?.close();
    this.training = undefined;
  }

  private tell(text: string): void {
    if (!this.options.quiet) this.context.stderr.write(text);
  }
}
