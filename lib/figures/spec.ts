import type { TopLevelSpec } from "vega-lite";

/** What a figure is: data and how they are drawn, as vega-lite has it. Plain JSON. */
export type Spec = TopLevelSpec;

/** A figure: how data of one kind are drawn. */
export interface Figure<Data> {
  /** Of its files: kebab-case. */
  readonly name: string;
  /** One line for people. */
  readonly title: string;
  /** Pure: equal data give an equal figure. */
  readonly spec: (data: Data) => Spec;
}
