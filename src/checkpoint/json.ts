// JSON files of a checkpoint, read with a bound on their size and checked to hold an object.

import { checkJson } from "./json-scan.ts";
import { checkPath } from "./paths.ts";
import { CheckpointError, type Source } from "./source.ts";

/** A JSON object as read: unchecked values by key. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Whether a value is a JSON object (not null, not an array). */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Text of a file of at most `most` bytes, or undefined where the source has none of that path. */
export async function readText(
  source: Source,
  path: string,
  most: number,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const file = (await source.list(signal)).find((f) => f.path === checkPath(path));
  if (!file) return undefined;
  if (file.size > most) {
    throw new CheckpointError(
      `${path} in ${source.name} has ${file.size} bytes; at most ${most} are accepted. Is it the right file?`,
    );
  }
  return decodeText(await source.read(path, 0, file.size, signal), path, source);
}

function decodeText(bytes: Uint8Array, path: string, source: Source): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new CheckpointError(`${path} in ${source.name} is not UTF-8 text.${pointerHint(bytes)}`);
  }
}

/** Object in a JSON file of at most `most` bytes and `mostKeys` keys, or undefined where the source has none of that path. */
export async function readJson(
  source: Source,
  path: string,
  most: number,
  signal?: AbortSignal,
  mostKeys?: number,
): Promise<JsonObject | undefined> {
  const text = await readText(source, path, most, signal);
  return text === undefined ? undefined : parseJson(text, `${path} in ${source.name}`, mostKeys);
}

/** The object that a JSON text holds; `what` names it in the error. */
export function parseJson(text: string, what: string, mostKeys?: number): JsonObject {
  let value: unknown;
  checkJson(text, what, mostKeys);
  try {
    value = parsePython(text);
  } catch (error) {
    const hint = /^<{7} /m.test(text)
      ? " It holds the marks of a merge conflict (<<<<<<<): settle it, or take the file anew."
      : pointerHint(new TextEncoder().encode(text.slice(0, 100)));
    throw new CheckpointError(`${what} is not valid JSON: ${(error as Error).message}.${hint}`);
  }
  if (!isObject(value)) throw new CheckpointError(`${what} does not hold a JSON object.`);
  return value;
}

/** JSON as Python's json writes it, with NaN, Infinity and -Infinity among the numbers. */
function parsePython(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const plain = text.replace(PYTHON_NUMBERS, (token) => NUMBERS[token] ?? token);
    if (plain === text) throw error;
    return JSON.parse(plain, (_, value: unknown) => (value === NAN ? Number.NaN : value));
  }
}

/**
 * Whole strings, so that nothing within one is taken for a number, or a number that JSON does not have. A string without
 * an end goes to that of the text: no place in it is looked at twice.
 */
const PYTHON_NUMBERS = /"(?:[^"\\]+|\\.)*(?:"|\\?$)|-?\bInfinity\b|\bNaN\b/gs;
/** Stands for NaN, which JSON cannot spell; infinities are numbers that are too large. */
const NAN = "\u0000NaN";
const NUMBERS: Readonly<Record<string, string>> = {
  NaN: JSON.stringify(NAN),
  Infinity: "1e999",
  "-Infinity": "-1e999",
};

/** A clone without Git LFS holds small pointer files in place of the real ones. */
export function pointerHint(bytes: Uint8Array): string {
  const head = new TextDecoder().decode(bytes.subarray(0, 64));
  return head.startsWith("version https://git-lfs")
    ? " It is a Git LFS pointer: run `git lfs pull` in the clone."
    : "";
}
