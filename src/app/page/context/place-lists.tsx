// The lists behind the parts of the breadcrumb: where else the page can be.

import { placedWordsOf } from "../../../views/read/words.ts";
import type { AppState } from "../../state/state.ts";

type Of = { readonly app: AppState };

function Choice(props: { text: string; on: boolean; pick: () => void }) {
  return (
    <button
      type="button"
      class={`item ${props.on ? "on" : ""}`}
      {...(props.on ? { "data-first": true } : {})}
      onClick={props.pick}
    >
      <span dir="auto">{props.text}</span>
    </button>
  );
}

/** The layers of the block. */
export function LayerList({ app }: Of) {
  const selection = app.selection.value!;
  const { layers } = app.attention.value!;
  return (
    <>
      {Array.from({ length: layers }, (_, layer) => (
        <Choice
          key={layer}
          text={`Layer ${layer}`}
          on={layer === selection.layer}
          pick={() => pick(app, () => app.select({ ...selection, layer }))}
        />
      ))}
    </>
  );
}

/** The heads of the layer. */
export function HeadList({ app }: Of) {
  const selection = app.selection.value!;
  const heads = app.attention.value!.heads(selection.layer);
  return (
    <>
      {Array.from({ length: heads }, (_, head) => (
        <Choice
          key={head}
          text={`Head ${selection.layer}.${head}`}
          on={head === selection.focus}
          pick={() => pick(app, () => app.select({ ...selection, heads: [head], focus: head }))}
        />
      ))}
    </>
  );
}

/** The first words of the side that is pinned, and none. */
export function WordList({ app }: Of) {
  const selection = app.selection.value!;
  const tokens = app.attention.value!.tokens(selection.side);
  return (
    <>
      <Choice
        text="No word"
        on={false}
        pick={() => pick(app, () => app.select({ ...selection, pins: [] }))}
      />
      {tokens.slice(0, 400).map((_, position) => (
        <Choice
          key={position}
          text={placedWordsOf(tokens)[position]!}
          on={selection.pins.includes(position)}
          pick={() => pick(app, () => app.select({ ...selection, pins: [position] }))}
        />
      ))}
    </>
  );
}

function pick(app: AppState, change: () => void): void {
  app.popover.value = null;
  change();
}
