// node scripts/models-table.mjs: measures, and writes the numbers and the page that shows them.

import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Errors, Place, Row } from "./errors.ts";
import { measureAll, sortedFolders } from "./measure.ts";
import { modelsText } from "./text.ts";

const JSON_FILE = new URL("./errors.json", import.meta.url);
const PAGE_FILE = new URL("../../docs/models.md", import.meta.url);

/** The committed numbers. */
export function readErrors(): Errors {
  return JSON.parse(readFileSync(JSON_FILE, "utf8")) as Errors;
}

/** Runs the script. */
export async function main(args: readonly string[]): Promise<void> {
  const [halves] = args.filter((arg) => !arg.startsWith("--"));
  const only = args
    .find((arg) => arg.startsWith("--only="))
    ?.slice(7)
    .split(",");
  const say = (line: string) => void process.stderr.write(`${line}\n`);
  if (!args.includes("--text")) {
    const folders = sortedFolders(halves && resolve(halves));
    const chosen = folders.filter(({ family }) => !only || only.includes(family));
    const measured = await measureAll(chosen, say);
    const all = { ...(only && readErrors()), ...(halves ? measured : kept(measured)) };
    const sorted = Object.fromEntries(Object.entries(all).sort(([a], [b]) => (a < b ? -1 : 1)));
    writeFileSync(JSON_FILE, `${JSON.stringify(sorted, null, 2)}\n`);
  }
  writeFileSync(PAGE_FILE, modelsText(readErrors()));
}

/** New numbers beside the half-precision ones of the last time. */
function kept(measured: Errors): Errors {
  const before = readErrors();
  const both = (family: string, row: Row, place: Place) => ({ ...before[family]?.[place], ...row[place] });
  return Object.fromEntries(
    Object.entries(measured).map(([family, row]) => [
      family,
      { node: both(family, row, "node"), chromium: both(family, row, "chromium") },
    ]),
  );
}
