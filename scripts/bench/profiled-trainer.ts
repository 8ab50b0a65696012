import type { Dataset, Trainer } from "../../lib/index.js";
import { loadAddon, replaceAddon } from "../../lib/native/binding.js";
import type { NativeSession, SessionSpec } from "../../lib/native/contract.js";
import type { Config } from "../../lib/recipes/config.js";
import { trainerOf } from "./networks.js";

/** Seconds since a session was made, by part of the step. */
export type Profile = Readonly<Record<string, number>>;

export interface ProfiledTrainer {
  readonly trainer: Trainer;
  /** Undefined where the addon keeps no profile. */
  profile(): Profile | undefined;
}

/** A trainer, and the profile of the native session that it hides. */
export function profiledTrainerOf(config: Config, data: Dataset, threads: number): ProfiledTrainer {
  const addon = loadAddon();
  let session: (NativeSession & { profile?(): Profile }) | undefined;
  const Session = class extends addon.Session {
    constructor(spec: SessionSpec) {
      super(spec);
      session = this;
    }
  };
  replaceAddon({ ...addon, Session });
  try {
    const trainer = trainerOf(config, data, threads);
    return { trainer, profile: () => session?.profile?.() };
  } finally {
    replaceAddon(addon);
  }
}
