// What each part found last, kept between runs, so that one part can be measured again and the report be written anew.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import type { Findings, Setup } from "./types.ts";

/** A part's findings and the circumstances in which they were made. */
export interface Kept extends Findings {
  /** Day of the measurement, e.g. "2026-11-26". */
  readonly day: string;
  readonly quick: boolean;
  readonly load: number;
}

const folder = (cache: string): string => `${cache}/findings`;
const file = (cache: string, part: string): string => `${folder(cache)}/${part}.json`;

/** Remember what a part found. */
export function keep({ cache, quick, load }: Setup, part: string, findings: Findings): Kept {
  const kept = { ...findings, day: new Date().toISOString().slice(0, 10), quick, load };
  mkdirSync(folder(cache), { recursive: true });
  writeFileSync(file(cache, part), JSON.stringify(kept));
  return kept;
}

/** What a part found last; undefined if it was never measured here. */
export function lastOf(cache: string, part: string): Kept | undefined {
  const path = file(cache, part);
  return existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as Kept) : undefined;
}
