import type { Command } from "commander";

import type { Context } from "../context.js";
import { compareCommand } from "./compare.js";
import { dataCommand } from "./data.js";
import { doctorCommand } from "./doctor.js";
import { evaluateCommand } from "./evaluate.js";
import { figuresCommand } from "./figures.js";
import { recipesCommand } from "./recipes.js";
import { schemaCommand } from "./schema.js";
import { segmentCommand } from "./segment.js";
import { trainCommand } from "./train.js";

/** Every command, in the order of the help text. A new one is its own file and one line here. */
export const commands: readonly ((context: Context) => Command)[] = [
  trainCommand,
  compareCommand,
  evaluateCommand,
  figuresCommand,
  segmentCommand,
  recipesCommand,
  dataCommand,
  doctorCommand,
  schemaCommand,
];
