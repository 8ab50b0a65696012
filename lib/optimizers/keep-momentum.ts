import type { Schedule } from "../schedules/schedule.js";

interface WithMomentum {
  readonly options: { readonly momentum: number };
  readonly schedules: Readonly<Record<string, Schedule>>;
}

/** Whether a momentum needs memory: only where what it averages or sums can become more than the gradient at hand. */
export function keepsMomentum({ options, schedules }: WithMomentum): boolean {
  return options.momentum > 0 || schedules["momentum"] !== undefined;
}
