/** Largest number of seeds of a comparison: each is a training of every method, beyond it a range is a slip. */
export const mostSeeds = 1000;
