// What the parts that drive the served page share: texts of a given length, and runs under the paint clock.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { ids } from "../stats.ts";
import type { PaintClock } from "./paint-clock.ts";

/** A bundled model's tokenizer: speed does not depend on what the tokens are. */
export const TOKENIZER = fileURLToPath(new URL("../../models/stories-gpt2/tokenizer.json", import.meta.url));
/** The status of a run that a model made just now. */
export const LIVE = /^live/;

/** A text of `n` tokens, another one each round: what is painted changes. */
export function textOf(n: number, round: number): string {
  const { vocab } = (JSON.parse(readFileSync(TOKENIZER, "utf8")) as { model: { vocab: object } }).model;
  const words = Object.keys(vocab).filter((word) => /^Ġ[a-z]{3,}$/.test(word));
  const list = ids(n + round + 3, words.length).slice(round + 3);
  return list.map((id) => words[id]!.replace("Ġ", " ")).join("");
}

/** Types a text. */
export async function fillText(page: Page, text: string): Promise<void> {
  await page.locator("[data-field=text]").fill(text);
}

/** Presses Run; seconds until the map has painted its last thumbnail. */
export async function untilPainted(page: Page): Promise<number> {
  const run = () => (window as unknown as PaintClock).untilPainted(".hs-map", ".run");
  return (await page.evaluate(run)) / 1000;
}

/** Types a text and runs it; seconds from Run to the map's last thumbnail. */
export async function runOnce(page: Page, text: string): Promise<number> {
  await fillText(page, text);
  return untilPainted(page);
}
