// What a model that also writes keeps of its last text, so that generate() goes on where a run or an earlier call ended.

import type { GeneratedToken, GenerateOptions } from "../model.ts";
import type { KeyValueCache } from "./key-value-cache.ts";
import { seededRandom } from "./sampling.ts";

/** Bytes of keys and values beyond which nothing is kept. */
const MOST_BYTES = 512 * 2 ** 20;

/** Ids with their keys and values, and the logits [vocab] after the last one where they are known. */
export interface CachedText {
  readonly ids: readonly number[];
  readonly cache: KeyValueCache;
  readonly logits: Float32Array | null;
}

/** Tokens that were drawn after a prompt, and where drawing stands. */
export interface Drawn {
  /** The prompt and everything that decides what is drawn. */
  readonly key: string;
  readonly tokens: GeneratedToken[];
  readonly random: () => number;
}

/** The last text, and the last tokens that were drawn. What is taken is gone until it is put back. */
export class KeptText {
  #text: CachedText | undefined;
  #drawn: Drawn | undefined;

  put(text: CachedText): void {
    this.#text = text.cache.bytes <= MOST_BYTES ? text : undefined;
  }

  /** As much of these ids as is known, at most all but the last where the logits after it are not. */
  take(ids: readonly number[]): CachedText | undefined {
    const text = this.#text;
    const same = text ? sameBeginning(text.ids, ids) : 0;
    if (!text || same === 0) return undefined;
    this.#text = undefined;
    if (same === ids.length && same === text.ids.length && text.logits) return text;
    const known = Math.min(same, ids.length - 1);
    text.cache.cut(known);
    return { ids: ids.slice(0, known), cache: text.cache, logits: null };
  }

  putDrawn(drawn: Drawn): void {
    this.#drawn = drawn;
  }

  /** What was drawn after this prompt with these settings; nothing yet where that is new. */
  takeDrawn(prompt: readonly number[], options: GenerateOptions): Drawn {
    const key = keyOf(prompt, options);
    const known = this.#drawn;
    this.#drawn = undefined;
    return known?.key === key ? known : { key, tokens: [], random: seededRandom(options.seed ?? 0) };
  }
}

function sameBeginning(a: readonly number[], b: readonly number[]): number {
  let at = 0;
  while (at < a.length && at < b.length && a[at] === b[at]) at++;
  return at;
}

function keyOf(prompt: readonly number[], options: GenerateOptions): string {
  const { temperature, topK, topP, repetitionPenalty, seed, forcedFirst, forcedLast, tokens } = options;
  const forced = [forcedFirst, forcedLast, forcedLast === undefined ? 0 : tokens];
  return JSON.stringify([prompt, temperature, topK, topP, repetitionPenalty, seed, forced]);
}
