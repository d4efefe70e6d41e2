// Where in the model the page is: model › layer › head › word, each part with a list to go elsewhere.

import type { ComponentChildren } from "preact";
import { placedWordsOf } from "../../../views/read/words.ts";
import type { PopoverName } from "../../state/run.ts";
import type { AppState } from "../../state/state.ts";
import { Popover } from "../controls/popover.tsx";
import { toggle } from "../part.ts";

type Of = { readonly app: AppState };

/** model › layer › head › word: each part opens a list, and the current one goes up a scale. */
export function Breadcrumb({ app }: Of) {
  const selection = app.selection.value;
  const words = app.pinnedWords.value;
  return (
    <nav class="crumb" aria-label="Where you are">
      <button type="button" onClick={() => toggle(app, "models")}>
        {app.modelName.value}
      </button>
      {selection && (
        <>
          <Part app={app} name="layers" text={`Layer ${selection.layer}`} last={false}>
            <LayerList app={app} />
          </Part>
          <Part app={app} name="heads" text={headsText(selection.heads, selection.focus)} last={words === ""}>
            <HeadList app={app} />
          </Part>
          {words && (
            <Part app={app} name="words" text={words} last>
              <WordList app={app} />
            </Part>
          )}
        </>
      )}
    </nav>
  );
}

function headsText(heads: readonly number[], focus: number): string {
  return heads.length > 1 ? `Head ${focus} and ${heads.length - 1} more` : `Head ${focus}`;
}

function Part(props: Of & { name: PopoverName; text: string; last: boolean; children: ComponentChildren }) {
  return (
    <span class="anchor">
      <span aria-hidden="true" class="faint">
        ›
      </span>
      <button
        type="button"
        dir="auto"
        aria-haspopup="dialog"
        {...(props.last ? { "aria-current": "location" as const } : {})}
        onClick={() => toggle(props.app, props.name)}
      >
        {props.text}
      </button>
      <Popover app={props.app} name={props.name} label={props.text} class="menu list">
        {props.children}
      </Popover>
    </span>
  );
}

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

function LayerList({ app }: Of) {
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

function HeadList({ app }: Of) {
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

function WordList({ app }: Of) {
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
