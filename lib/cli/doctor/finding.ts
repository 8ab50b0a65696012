/** One thing that the doctor looked at. */
export interface Finding {
  readonly topic: string;
  /** `ok`; `limited`: works, but slower or with less; `missing`: not there, and optional; `broken`: nothing works without it. */
  readonly state: "ok" | "limited" | "missing" | "broken";
  readonly text: string;
  /** What to do about it, where it is not `ok`. */
  readonly advice?: string;
}
