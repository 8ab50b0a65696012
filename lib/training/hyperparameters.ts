import type { Session } from "../model/session.js";
import type { Claim } from "../optimizers/claim.js";
import type { FitFacts } from "../optimizers/optimizer.js";
import type { TrainingPlace } from "../schedules/schedule.js";

/** Moves the hyperparameters of a session along their schedules, and says what they are. */
export class Hyperparameters {
  constructor(
    private readonly claims: readonly Claim[],
    private readonly session: Session,
  ) {}

  /**
   * Sets what changes with the step at `place`.
   *
   * @param session the view that may make calls now
   */
  apply(session: Session, place: TrainingPlace, facts: FitFacts): void {
    for (const [index, { optimizer }] of this.claims.entries()) {
      const current = session.hyperparameters(index);
      const wanted = Object.entries(optimizer.hyperparameters(place, facts));
      const changed = Object.fromEntries(wanted.filter(([name, value]) => current[name] !== value));
      if (Object.keys(changed).length > 0) session.setHyperparameters(index, changed);
    }
  }

  /** Steps from that at `place` on, `most` at most, that have the same values. */
  steadySteps(place: TrainingPlace, most: number): number {
    const changes = this.claims.map(({ optimizer }) => optimizer.nextChange(place) - place.step);
    return Math.min(most, ...changes);
  }

  /** `{ learningRate }` of the first optimizer that has one; empty if none has. */
  get learningRate(): { readonly learningRate?: number } {
    const rates = this.claims.map((_, index) => this.session.hyperparameters(index)["learningRate"]);
    const learningRate = rates.find((rate) => rate !== undefined);
    return learningRate === undefined ? {} : { learningRate };
  }

  /** Learning rates and what has a schedule, as `bayesbinn.learningRate`. */
  report(): Record<string, number> {
    const values: Record<string, number> = {};
    for (const [index, { optimizer }] of this.claims.entries()) {
      for (const name of ["learningRate", ...Object.keys(optimizer.schedules)]) {
        const value = this.session.hyperparameters(index)[name];
        if (value !== undefined) values[`${optimizer.type}.${name}`] = value;
      }
    }
    return values;
  }
}
