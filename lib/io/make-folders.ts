import { mkdir, rmdir, stat } from "node:fs/promises";
import { dirname } from "node:path";

/**
 * Makes a folder and those above it. Node's `recursive` never returns where the system says ENOENT right below a folder
 * that exists, as /proc and automounted folders do.
 *
 * @returns the folders that were not there before, from the top down
 */
export async function makeFolders(path: string): Promise<string[]> {
  const parent = dirname(path);
  let made: string[] = [];
  try {
    await mkdir(path).catch(async (error: NodeJS.ErrnoException) => {
      if (error.code !== "ENOENT" || parent === path) throw error;
      made = await makeFolders(parent);
      await mkdir(path);
    });
    return [...made, path];
  } catch (error) {
    const exists = (error as NodeJS.ErrnoException).code === "EEXIST" && (await stat(path)).isDirectory();
    if (exists) return made;
    await removeFolders(made);
    throw error;
  }
}

/** Takes away what {@link makeFolders} made; what is no longer empty stays. */
export async function removeFolders(made: readonly string[]): Promise<void> {
  for (const folder of [...made].reverse()) await rmdir(folder).catch(() => undefined);
}
