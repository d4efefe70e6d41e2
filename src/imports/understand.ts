// From what a file holds to a trace: what was understood of it, and what somebody who knows still has to say.

import type { FloatTensor } from "../tensor/index.ts";
import { type BlockName, type RecordedBlock, type Trace, traceFromAttention } from "../trace/index.ts";
import { type Found, type FoundItem, ImportError } from "./found.ts";
import { checked } from "./mistakes.ts";
import { arrayShape, batchNote, doubledArrays, missingArrays, oneItem, partsOf } from "./parts.ts";
import type { Reading, Role, Stream } from "./reading.ts";
import { beginning } from "./several.ts";
import { lengthOf, streamsOf, wordsOf } from "./words.ts";

/** What was understood, and what is missing. */
export interface Understood {
  readonly arrays: readonly {
    readonly name: string;
    readonly shape: string;
    readonly role: Role;
    readonly layers: number;
  }[];
  readonly words: Partial<Readonly<Record<Stream, { readonly from: string; readonly count: number }>>>;
  /** The texts of a batch, the pictures or runs of a file with several, by what tells them apart ("" where nothing does); none where there is one. */
  readonly choices: readonly string[];
  /** What somebody has to say before a trace can be made; empty where nothing is missing. */
  readonly questions: readonly Question[];
  readonly notes: readonly string[];
}

/** Something that is missing: which array holds attention, the words of a stream, which one of several. */
export interface Question {
  readonly about: "arrays" | "words" | "item";
  readonly stream?: Stream;
  /** How many words there should be. */
  readonly count?: number;
  readonly text: string;
}

/** What a file is taken for. */
export function understand(found: Found, reading: Reading = {}): Understood {
  return found.items ? understoodItem(found.maker, found.items, reading) : understoodOne(found, reading);
}

const NOTHING: Understood = { arrays: [], words: {}, choices: [], questions: [], notes: [] };

/** What one of several is taken for, or the question which one it is. */
function understoodItem(
  what: string,
  items: readonly FoundItem[],
  { item, ...reading }: Reading,
): Understood {
  const choices = items.map(({ name }) => name);
  const asked = (text: string): Understood => ({
    ...NOTHING,
    choices,
    questions: [{ about: "item", count: items.length, text }],
  });
  if (item === undefined)
    return asked(`The file holds ${items.length} ${what}. Which one, 0 to ${items.length - 1}?`);
  const chosen = items[item]?.found;
  if (!chosen) return asked(`Number ${item} was asked for; the file holds 0 to ${items.length - 1}.`);
  try {
    if (chosen instanceof ImportError) throw chosen;
    return { ...understoodOne(chosen, reading), choices };
  } catch (error) {
    if (error instanceof ImportError) return asked(error.message);
    throw error;
  }
}

/** The texts of a batch: their own words, where the file has them. */
function textsOf({ words }: Found, count: number): string[] {
  if (count < 2) return [];
  return Array.from({ length: count }, (_, item) => {
    const own = words.find((list) => list.item === item)?.words;
    return own ? beginning(own) : "";
  });
}

function understoodOne(found: Found, reading: Reading): Understood {
  const parts = partsOf(found, reading);
  const words = wordsOf(found, parts, reading);
  const items = Math.max(1, ...parts.map((part) => part.items));
  const questions: Question[] = [];
  if (!parts.some(({ role }) => !role.includes(".")))
    questions.push({ about: "arrays", text: missingArrays(found) });
  const doubled = doubledArrays(parts);
  if (doubled !== "") questions.push({ about: "arrays", text: doubled });
  if (items > 1 && reading.item === undefined)
    questions.push({
      about: "item",
      count: items,
      text: `The file holds a batch of ${items} texts. Which one, 0 to ${items - 1}?`,
    });
  for (const stream of streamsOf(parts)) {
    const count = lengthOf(parts, stream);
    if (!words[stream])
      questions.push({
        about: "words",
        stream,
        count,
        text: `The ${count} words of the ${stream === "text" ? "text" : stream} are not in the file. Give them, one a line.`,
      });
  }
  const named = Object.entries(words).map(
    ([stream, { from, list }]) => [stream, { from, count: list.length }] as const,
  );
  return {
    arrays: found.arrays.map((array) => {
      const part = parts.find((p) => p.array === array);
      return {
        name: array.name,
        shape: arrayShape(array),
        role: part?.role ?? null,
        layers: part?.layers.length ?? 0,
      };
    }),
    words: Object.fromEntries(named),
    choices: textsOf(found, items),
    questions,
    notes: [...found.notes, ...parts.flatMap((part) => batchNote(part))],
  };
}

/** The trace of a file, or an ImportError that says what is missing or wrong. */
export function traceOf(found: Found, reading: Reading = {}): Trace {
  const { questions, choices } = understand(found, reading);
  if (questions.length > 0)
    throw new ImportError(questions.map((question) => said(question, choices)).join(" "), {
      code: "questions",
      data: { questions },
    });
  if (!found.items) return traceOfOne(found, reading);
  const { item, ...rest } = reading;
  return traceOfOne(found.items[item!]!.found as Found, rest);
}

/** Most choices that are listed in a sentence. */
const LISTED = 8;

/** A question, with what there is to choose from. */
function said({ about, text }: Question, choices: readonly string[]): string {
  if (about !== "item" || !text.endsWith("?")) return text;
  const listed = choices.slice(0, LISTED).map((choice, i) => `${i}: ${choice}`);
  const more = choices.length > LISTED ? ["…"] : [];
  if (choices.every((choice) => choice === "")) return text;
  return `${text} (${[...listed, ...more].join("; ")})`;
}

function traceOfOne(found: Found, reading: Reading): Trace {
  const parts = partsOf(found, reading);
  const words = wordsOf(found, parts, reading);
  const notes = [...found.notes];
  const blocks = new Map<BlockName, Record<string, (FloatTensor | null)[]>>();
  for (const part of parts) {
    const [block, vector] = part.role.split(".") as [BlockName, string | undefined];
    const layers = part.layers.map((layer) => layer && oneItem(layer, reading.item ?? 0));
    const own = blocks.get(block) ?? {};
    blocks.set(block, own);
    own[vector ?? "attention"] = vector ? layers : checked(part, layers, reading, words, notes);
  }
  const second = reading.sentenceBStart === undefined ? found.sentenceBStart : reading.sentenceBStart;
  const recorded = (name: BlockName): RecordedBlock => (blocks.get(name) ?? {}) as RecordedBlock;
  const name = reading.model ?? found.model;
  return traceFromAttention({
    ...recorded("self"),
    ...(words.text ? { tokens: words.text.list } : {}),
    ...(second === null ? {} : { sentenceBStart: second }),
    ...(words.encoder ? { encoderTokens: words.encoder.list } : {}),
    ...(words.decoder ? { decoderTokens: words.decoder.list } : {}),
    ...Object.fromEntries(
      (["encoder", "decoder", "cross"] as const).filter((b) => blocks.has(b)).map((b) => [b, recorded(b)]),
    ),
    ...(name ? { model: { name } } : {}),
    ...(notes.length > 0 ? { note: notes.join(" ") } : {}),
  });
}
