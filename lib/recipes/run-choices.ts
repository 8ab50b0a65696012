/** Parts of the data that the weights of a run can be evaluated on. */
export const splits = ["test", "validation", "train"] as const;

/** Weights that a run keeps: of the best validation epoch, and of the last one. */
export const weightChoices = ["best", "final"] as const;
