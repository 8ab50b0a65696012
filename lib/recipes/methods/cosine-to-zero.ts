/** "Learning rate end" of Table 9, by a cosine, as part of a configuration. */
export const cosineToZero = { learningRate: { name: "cosine", final: 1e-16 } } as const;
