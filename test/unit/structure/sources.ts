import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

export const root = join(dirname(fileURLToPath(import.meta.url)), "../../..");

export interface Source {
  /** Within the repository, such as `lib/cli/main.ts`. */
  readonly path: string;
  readonly text: string;
}

/** Files below `folder` with one of the endings, sorted by path. */
export function sources(folder: string, endings: RegExp): Source[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((path) => endings.test(path))
    .sort()
    .map((path) => ({ path: posix.join(folder, path), text: readFileSync(join(root, folder, path), "utf8") }));
}

/** What a TypeScript source imports, types included: paths within the repository, or package names as written. */
export function importsOf({ path, text }: Source): string[] {
  return ts
    .preProcessFile(text)
    .importedFiles.map(({ fileName }) =>
      fileName.startsWith(".") ? posix.join(posix.dirname(path), fileName).replace(/\.js$/, ".ts") : fileName,
    );
}

/** What a C++ or CUDA source includes, as written. */
export function includesOf({ text }: Source): string[] {
  return [...text.matchAll(/^\s*#\s*include\s*[<"]([^>"]+)[>"]/gm)].map((match) => match[1]!);
}
