// A tokenizer put together from its steps: text to tokens, tokens to sentences, and what views show of them.

import type { EncodedToken, Tokenizer } from "../tokenizer.ts";
import type { AddedToken } from "./added.ts";
import { escaped } from "./chars.ts";
import { displayed, type Spelling } from "./display.ts";
import { limited } from "./limit.ts";
import type { Token } from "./model.ts";
import type { Assemble, Placed } from "./template.ts";

/** The steps of a tokenizer. */
export interface Steps {
  /** Tokens of one sentence; `target`: of a translation's target side. */
  readonly tokens: (text: string, target: boolean) => Token[];
  readonly assemble: Assemble;
  readonly added: readonly AddedToken[];
  readonly spelling: Spelling;
  /** The token of an id, or undefined where there is none. */
  readonly rawOf: (id: number) => string | undefined;
  readonly decode: (ids: readonly number[], keepSpecial: boolean) => string;
}

/** The tokenizer that these steps make. A second sentence without characters is none, as in Transformers. */
export function tokenizerOf({ tokens, assemble, added, spelling, rawOf, decode }: Steps): Tokenizer {
  const view = viewOf(added, spelling);
  return {
    encode: (text, pair, { addSpecialTokens = true, target = false } = {}) =>
      limited("The tokenizer", text.length + (pair?.length ?? 0), () => {
        const second = pair ? tokens(pair, target) : undefined;
        return view.encoded(assemble(tokens(text, target), second, addSpecialTokens));
      }),
    describe: (ids) => view.described(ids, rawOf),
    decode: (ids, { keepSpecial = false } = {}) =>
      limited("The tokenizer", ids.length, () => decode(ids, keepSpecial)),
  };
}

function viewOf(added: readonly AddedToken[], spelling: Spelling) {
  const byId = new Map(added.map((token) => [token.id, token]));
  const display = displayed(spelling);
  const one = (token: Placed, before: Placed | undefined): EncodedToken => ({
    id: token.id,
    raw: token.raw,
    text: token.special === undefined ? display(token.raw, isApart(before, token)) : escaped(token.raw),
    start: token.added ? null : token.start,
    end: token.added ? null : token.end,
    special: token.special ?? false,
    segment: token.sentence,
    typeId: token.type,
  });
  return {
    encoded: (placed: readonly Placed[]) => placed.map((token, i) => one(token, placed[i - 1])),
    described: (ids: readonly number[], rawOf: Steps["rawOf"]) =>
      ids.map((id, i): EncodedToken => {
        const raw = rawOf(id) ?? `#${id}`;
        const spaced = i > 0 && !byId.has(ids[i - 1]!) && !/^\p{P}/u.test(raw);
        const text = byId.has(id) ? escaped(raw) : display(raw, spaced);
        const special = byId.get(id)?.special ?? false;
        return { id, raw, text, start: null, end: null, special, segment: 0, typeId: 0 };
      }),
  };
}

/** Whether there is a gap in the source between two ordinary tokens of one sentence. */
function isApart(before: Placed | undefined, token: Placed): boolean {
  return !!before && !before.added && before.sentence === token.sentence && before.end < token.start;
}
