// What the states of the head view share, standing or lying: the recorded runs, and the props of a selection in one.

import { type Attention, attentionOf, Trace } from "../../../src/trace/index.ts";
import { NO_FILTER, type Selection, type ThemeName } from "../../../src/views/index.ts";
import { recorded } from "../recorded.ts";

export const [john, cat, elephant, llama, lily, swim] = await Promise.all(
  [
    "gallery/traces/gpt2-john-smith.safetensors",
    "gallery/traces/bert-cat-rug.safetensors",
    "gallery/traces/opus-mt-en-de-elephant.safetensors",
    "test/fixtures/views/llama-7b.safetensors",
    "test/fixtures/views/stories260k-lily.safetensors",
    "gallery/traces/translate-en-de-swim.safetensors",
  ].map(recorded),
);

/** A selection as a state names it; the first head has the focus, and no word is pinned, where it says nothing else. */
export type Chosen = Partial<Selection> & Pick<Selection, "layer" | "heads">;

export function propsOf(source: Trace | Attention, chosen: Chosen, theme: ThemeName) {
  const selection: Selection = {
    block: "self",
    focus: chosen.heads[0]!,
    pins: [],
    side: "query",
    ...chosen,
  };
  const attention = source instanceof Trace ? attentionOf(source, selection.block) : source;
  return { attention, selection, theme, filter: NO_FILTER };
}
