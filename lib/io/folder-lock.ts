import { readFile, rm, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { z } from "zod";

import { BayesBinnError } from "../native/errors.js";
import { showText } from "../options/show.js";
import { output } from "./output-error.js";

/** Who holds a folder. A process is told from later ones of its number by when it was started. */
const holderSchema = z.object({ pid: z.int(), host: z.string(), boot: z.string(), started: z.string() });

type Holder = z.output<typeof holderSchema>;

/** Keeps a folder for one process, by a file in it. That of a process which is no more does not count. */
export class FolderLock {
  private constructor(private readonly file: string) {}

  /** Name of the file. */
  static readonly fileName = "run.lock";

  /**
   * Takes the folder, which must exist.
   *
   * @throws BayesBinnError `ERR_BUSY` while another process has it; `ERR_OUTPUT`
   */
  static async take(folder: string): Promise<FolderLock> {
    const file = join(folder, FolderLock.fileName);
    const own: Holder = { pid: process.pid, host: hostname(), ...(await identity(process.pid)) };
    for (;;) {
      const taken = await output(file, () =>
        writeFile(file, JSON.stringify(own), { flag: "wx" }).then(
          () => true,
          (error: NodeJS.ErrnoException) => {
            if (error.code === "EEXIST") return false;
            throw error;
          },
        ),
      );
      if (taken) return new FolderLock(file);
      const holder = await readHolder(file);
      if (holder !== undefined && (await isAlive(holder))) throw busy(folder, file, holder);
      await output(file, () => rm(file, { force: true }));
    }
  }

  async release(): Promise<void> {
    await rm(this.file, { force: true }).catch(() => undefined);
  }
}

function busy(folder: string, file: string, { pid, host }: Holder): BayesBinnError {
  const advice = `wait for it, or remove ${showText(file)} where there is none`;
  const message = `${showText(folder)}: process ${pid} on ${host} is at work in it; ${advice}`;
  return new BayesBinnError("ERR_BUSY", message, { path: folder, pid, host });
}

/** `undefined` for a file that has gone, or that a process did not get to fill. */
async function readHolder(file: string): Promise<Holder | undefined> {
  try {
    return holderSchema.parse(JSON.parse(await readFile(file, "utf8")));
  } catch {
    return undefined;
  }
}

/** On another host nobody can know. */
async function isAlive({ pid, host, boot, started }: Holder): Promise<boolean> {
  if (host !== hostname()) return true;
  const now = await identity(pid);
  return now.boot === boot && now.started === started;
}

async function identity(pid: number): Promise<Pick<Holder, "boot" | "started">> {
  const [boot, stat] = await Promise.all(
    ["/proc/sys/kernel/random/boot_id", `/proc/${pid}/stat`].map((path) => readFile(path, "utf8").catch(() => "")),
  );
  // The 22nd field; the second one is a name that may hold blanks.
  return { boot: boot!.trim(), started: stat!.slice(stat!.lastIndexOf(")") + 2).split(" ")[19] ?? "" };
}
