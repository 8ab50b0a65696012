import type { StreamName } from "../../../lib/native/contract.js";

/** Every stream of random numbers, at its number. */
export const streams: readonly StreamName[] = [
  "weights",
  "dropout",
  "shuffle",
  "augmentation",
  "initialisation",
  "prediction",
];
