import { constantType } from "./constant.js";
import { cosineType } from "./cosine.js";
import { exponentialType } from "./exponential.js";
import { multiStepType } from "./multi-step.js";
import type { ScheduleType } from "./schedule.js";
import { staircaseType } from "./staircase.js";

/** Every schedule. To add one: write its file and name it here. */
export const scheduleTypes = [
  constantType,
  cosineType,
  exponentialType,
  multiStepType,
  staircaseType,
] as const satisfies readonly ScheduleType[];
