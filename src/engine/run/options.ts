// The options of generation within their ranges, wherever they come from: typed, sent by a page, or a checkpoint's own.

import { InputError } from "../errors.ts";
import type { GenerateOptions } from "../model.ts";

const whole = (least: number, most = Number.MAX_SAFE_INTEGER) => ({
  text: `a whole number from ${least} to ${most}`,
  fits: (x: number) => Number.isSafeInteger(x) && x >= least && x <= most,
});
const between = (text: string, fits: (x: number) => boolean) => ({
  text,
  fits: (x: number) => Number.isFinite(x) && fits(x),
});

/** Throws an InputError at the first option that is out of its range; ids belong to a vocabulary of `vocab`. */
export function checkOptions(options: GenerateOptions, vocab: number): void {
  const ranges = {
    tokens: whole(0),
    temperature: between("a number of at least 0", (x) => x >= 0),
    topK: whole(1),
    topP: between("a number from 0 to 1", (x) => x >= 0 && x <= 1),
    repetitionPenalty: between("a number above 0", (x) => x > 0),
    seed: whole(0),
    forcedFirst: whole(0, vocab - 1),
    forcedLast: whole(0, vocab - 1),
  } as const;
  for (const [name, { text, fits }] of Object.entries(ranges)) {
    const value: unknown = options[name as keyof typeof ranges];
    if (value === undefined || (typeof value === "number" && fits(value))) continue;
    const shown = String(JSON.stringify(value)).slice(0, 60);
    throw new InputError(`The generation option ${name} is ${shown}; expected ${text}.`, { code: "option" });
  }
}
