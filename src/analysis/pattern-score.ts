// A reader's own pattern as a score: "from `,` to the word before it". A sentence of two conditions on tokens becomes a
// HeadScore: the mean attention of the rows that fit the first to the keys that fit the second.

import { Failure } from "../tensor/index.ts";
import type { Token } from "../trace/index.ts";
import { type BlockText, isPunctuation, isWord } from "./block-text.ts";
import { type HeadScore, meanOver } from "./scores.ts";

/** A sentence that is no pattern. The message quotes what was not understood and lists what would be. */
export class PatternError extends Failure {
  override name = "PatternError";
}

type Condition = (token: Token, at: number) => boolean;
/** Keys that a query should attend to; none where there are none. */
type Target = (query: number, text: BlockText) => readonly number[];

const KINDS: readonly (readonly [RegExp, Condition])[] = [
  [/^(any|any token|every token|a token|tokens?)$/, () => true],
  [/^(a |any |every )?words?$/, isWord],
  [/^(a |any )?punctuation( marks?)?$/, isPunctuation],
  [/^(a |any )?numbers?$/, (token) => /^\s*\p{N}+\s*$/u.test(token.text)],
  [
    /^(a |any )?(capitals?|capitalised( words?)?|capitalized( words?)?|names?)$/,
    (token) => /^\s*\p{Lu}/u.test(token.text),
  ],
  [/^(a |any )?special( tokens?)?$/, (token) => token.special],
  [/^the first( token)?$/, (_, at) => at === 0],
];

/** What a condition can be, for messages. */
export const PATTERN_HELP =
  "from X to Y, where X is a token in backquotes, word, punctuation, number, capital, special, or any; and Y is one of " +
  "these, or: the token before it, the word before it, the token after it, 2 tokens before it, itself, the first token, " +
  "the same word, what followed it before, the last X before it";

/** The score of a sentence. */
export function patternScore(sentence: string): HeadScore {
  const [, from = "", to = ""] = /^\s*from\s+(.+?)\s+to\s+(.+?)\s*$/is.exec(sentence) ?? [];
  if (from === "" || to === "") throw new PatternError(`"${sentence}" is no pattern. Write ${PATTERN_HELP}.`);
  const [fits, target] = [conditionOf(from), targetOf(to)];
  const keysOf = (query: number, text: BlockText): readonly number[] | null => {
    if (!fits(text.queries[query]!, query)) return null;
    const keys = target(query, text).filter((key) => !(text.causal && text.square && key > query));
    return keys.length > 0 ? keys : null;
  };
  const name = `from ${from} to ${to}`;
  return {
    id: "pattern",
    name,
    label: "your pattern",
    threshold: 0.4,
    definition: `Mean attention ${name}, over the tokens that have such a place.`,
    source: "your own",
    applies: (text) => text.queries.some((_, query) => keysOf(query, text) !== null),
    of: (rows, text) => meanOver(rows, (query) => keysOf(query, text)),
  };
}

/** The token between backquotes or quotes, or null. */
function quoted(text: string): string | null {
  return (
    /^(?:`([^`]+)`|"([^"]+)"|'([^']+)')$/
      .exec(text)
      ?.slice(1)
      .find((part) => part !== undefined) ?? null
  );
}

function conditionOf(text: string): Condition {
  const word = quoted(text);
  if (word !== null) return (token) => token.text.trim() === word.trim() || token.raw === word;
  const kind = KINDS.find(([name]) => name.test(text.toLowerCase()));
  if (kind) return kind[1];
  throw new PatternError(`"${text}" is no condition. Write ${PATTERN_HELP}.`);
}

const PLACES: readonly (readonly [RegExp, Target])[] = [
  [/^itself$/, (query) => [query]],
  [/^the first( token)?$/, () => [0]],
  [/^the same word$/, (query, { twins }) => twins[query] ?? []],
  [/^what followed it before$/, (query, { followers }) => followers[query] ?? []],
];

function targetOf(text: string): Target {
  const lower = text.toLowerCase();
  const place = PLACES.find(([name]) => name.test(lower));
  if (place) return place[1];
  const [, count, direction] = /^(\d+) tokens? (before|after) it$/.exec(lower) ?? [];
  if (count) return at(Number(count) * (direction === "before" ? -1 : 1));
  const [, token] = /^the token (before|after) it$/.exec(lower) ?? [];
  if (token) return at(token === "before" ? -1 : 1);
  const [, what, side] = /^the (?:last |next )?(.+?) (before|after) it$/i.exec(text) ?? [];
  if (what && side) return nearest(conditionOf(what), side.toLowerCase() === "before" ? -1 : 1);
  const fits = conditionOf(text);
  return (query, { keys, square }) =>
    keys.flatMap((key, i) => (fits(key, i) && !(square && i === query) ? [i] : []));
}

function at(offset: number): Target {
  return (query, { keys }) => (keys[query + offset] ? [query + offset] : []);
}

/** The nearest token that fits, before or after the query. */
function nearest(fits: Condition, step: 1 | -1): Target {
  return (query, { keys }) => {
    for (let key = query + step; key >= 0 && key < keys.length; key += step) {
      if (fits(keys[key]!, key)) return [key];
    }
    return [];
  };
}
