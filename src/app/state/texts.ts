// Between the text fields and a model: what a text means as input, and which text and how many tokens a run had.

import type { RunInput } from "../../engine/index.ts";
import type { Trace } from "../../trace/index.ts";
import type { OpenedModel, PageInput } from "../../wire/protocol.ts";
import type { Draft } from "./draft.ts";
import type { Place } from "./place.ts";
import type { Run } from "./run.ts";

/** The text that a model is tried with when nothing was typed. */
export const FIRST_TEXT = "The quick brown fox jumps over the lazy dogs.";
/** What a model without a tokenizer is tried with. */
export const FIRST_IDS = "1, 2, 3, 4, 5, 6, 7, 8";

/** A place with something to run: the first text where nothing was typed, ids where the model reads no text. */
export function completed(place: Place, opened: OpenedModel): Place {
  if (opened.kind === "vision") return { ...place, text: "" };
  if (!opened.readsText) return /\d/.test(place.text) ? place : { ...place, text: FIRST_IDS };
  return place.text ? place : { ...place, text: FIRST_TEXT };
}

/** What a place's texts mean to a model; ids where it has no tokenizer. */
export function inputOf(
  { text, pair, target, chat }: Draft,
  { kind, pairs, readsText, chat: knowsChat }: Pick<OpenedModel, "kind" | "pairs" | "readsText" | "chat">,
  cut?: RunInput["cut"],
): PageInput {
  const both = kind === "encoder-decoder" && target !== "";
  if (!readsText)
    return { ids: idsOf(text), ...(both ? { targetIds: idsOf(target) } : {}), ...(cut ? { cut } : {}) };
  return {
    text,
    ...(pair && pairs ? { pair } : {}),
    ...(both ? { target } : {}),
    ...(chat && knowsChat ? { chat } : {}),
    ...(cut ? { cut } : {}),
  };
}

/** The input of a run: its picture, or what its fields held. */
export function inputOfRun(
  { picture, input }: Pick<Run, "picture" | "input">,
  opened: Parameters<typeof inputOf>[1],
): PageInput {
  return picture ? { image: picture.pixels } : inputOf(input, opened);
}

/** Ids in a text such as "1, 2 3". */
function idsOf(text: string): number[] {
  return (text.match(/\d+/g) ?? []).map(Number);
}

/** Tokens by text field. */
export function countsOf(streams: readonly (readonly { segment: number }[])[], pairs: boolean): number[] {
  if (!pairs || streams.length > 1) return streams.map((tokens) => tokens.length);
  const tokens = streams[0] ?? [];
  const second = tokens.filter((token) => token.segment === 1).length;
  return [tokens.length - second, second];
}

/** The text of a trace's tokens, for the text field of a run whose text is not known. */
export function textOf(trace: Trace, segment: number, stream = 0): string {
  const all = trace.manifest.streams[stream]?.tokens ?? [];
  const tokens = all.filter((token) => token.segment === segment && !token.special);
  const spaced = tokens.some((token) => token.text.startsWith(" "));
  let text = "";
  for (const token of tokens) {
    const apart =
      token.start === null ? !spaced && !token.raw.startsWith("##") : token.start > [...text].length;
    text += (text !== "" && apart ? " " : "") + token.text.replace(/^##/, "");
  }
  return text.trim();
}

/** True if two runs are of one model over the same tokens. */
export function sameWords(a: Trace, b: Trace): boolean {
  const words = ({ manifest }: Trace) =>
    JSON.stringify([
      manifest.model.name,
      manifest.streams.map(({ name, tokens }) => [name, tokens.map(({ text }) => text)]),
    ]);
  return words(a) === words(b);
}
