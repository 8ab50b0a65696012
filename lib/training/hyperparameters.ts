import type { Session } from "../model/session.js";
import type { Claim } from "../optimizers/claim.js";
import type { FitFacts } from "../optimizers/optimizer.js";
import type { TrainingPlace } from "../schedules/schedule.js";

/** The hyperparameters of a session: moves them along their schedules, and says what they are. */
export class Hyperparameters {
  readonly #current: Record<string, unknown>[];

  constructor(private readonly claims: readonly Claim[]) {
    this.#current = claims.map(({ optimizer }) => ({ ...optimizer.toSpec([]) }));
  }

  /** Sets what changes with the step at `place`. */
  apply(session: Session, place: TrainingPlace, facts: FitFacts): void {
    for (const [index, { optimizer }] of this.claims.entries()) {
      const current = this.#current[index]!;
      const wanted = Object.entries(optimizer.hyperparameters(place, facts));
      const changed = Object.fromEntries(wanted.filter(([name, value]) => current[name] !== value));
      if (Object.keys(changed).length === 0) continue;
      session.setHyperparameters(index, changed);
      Object.assign(current, changed);
    }
  }

  /** Steps from that at `place` on, `most` at most, that have the same values. */
  steadySteps(place: TrainingPlace, most: number): number {
    const changes = this.claims.map(({ optimizer }) => optimizer.nextChange(place) - place.step);
    return Math.min(most, ...changes);
  }

  /** `{ learningRate }` of the first optimizer that has one; empty if none has. */
  get learningRate(): { readonly learningRate?: number } {
    const rate = this.#current.map((values) => values["learningRate"]).find((value) => typeof value === "number");
    return rate === undefined ? {} : { learningRate: rate };
  }

  /** Learning rates and what has a schedule, as `bayesbinn.learningRate`. */
  report(): Record<string, number> {
    const values: Record<string, number> = {};
    for (const [index, { optimizer }] of this.claims.entries()) {
      for (const name of ["learningRate", ...Object.keys(optimizer.schedules)]) {
        const value = this.#current[index]![name];
        if (typeof value === "number") values[`${optimizer.type}.${name}`] = value;
      }
    }
    return values;
  }
}
