// What a model wrote: as it comes, and then token by token, each a way to its attention.

import { Fragment } from "preact";
import { wordOf } from "../../views/read/words.ts";
import type { Writing } from "../state/run.ts";
import type { AppState } from "../state/state.ts";

/** The line of what is being written or was written; nothing for other runs. */
export function WritingStrip({ app }: { app: AppState }) {
  const writing = app.writing.value;
  if (writing) return <Coming writing={writing} />;
  return app.trace.value?.manifest.generated ? <Written app={app} /> : null;
}

function Coming({ writing }: { writing: Writing }) {
  const { prompt, text, done, total } = writing;
  return (
    <div class="notice writing" role="status">
      <p class="text" dir="auto">
        <span class="prompt">{endOf(prompt)}</span>
        <span>{text}</span>
        <i class="caret" aria-hidden="true" />
      </p>
      <span class="num small muted">
        {done} of {total} tokens
      </span>
    </div>
  );
}

function Written({ app }: { app: AppState }) {
  const trace = app.trace.value!;
  const { stream, start } = trace.manifest.generated!;
  const { tokens } = trace.stream(stream);
  const decoder = app.whole.value!.manifest.generated!.stream === "decoder";
  const { text, target } = app.run.value!.input;
  const pinned = pinnedIn(app, stream);
  return (
    <div class="notice writing" role="note" aria-label="What the model wrote">
      <span class="small muted">
        {decoder && target === "" ? "Target written by the model" : "Written by the model"}
      </span>
      <p class="text" dir="auto">
        <span class="prompt">{endOf(decoder ? target : text)}</span>
        {tokens.slice(start).map((token, i) => {
          const position = start + i;
          return (
            <Fragment key={position}>
              {/^\s/.test(token.text) && " "}
              <button
                type="button"
                class={pinned.includes(position) ? "on" : ""}
                aria-pressed={pinned.includes(position)}
                title="Show what this token attends to"
                onClick={() => pin(app, position)}
              >
                {wordOf(token)}
              </button>
            </Fragment>
          );
        })}
      </p>
      <span class="num small muted">
        {tokens.length - start} {tokens.length - start === 1 ? "token" : "tokens"}
      </span>
    </div>
  );
}

/** Pinned positions where the pins are tokens of that stream. */
function pinnedIn(app: AppState, stream: string): readonly number[] {
  const selection = app.selection.value!;
  const { queries, keys } = app.trace.value!.block(selection.block);
  return (selection.side === "query" ? queries : keys) === stream ? selection.pins : [];
}

/** Pin a written token as a query, in a block whose queries it belongs to. */
function pin(app: AppState, position: number): void {
  const selection = app.selection.value!;
  const trace = app.trace.value!;
  const { stream } = trace.manifest.generated!;
  const fits = trace.block(selection.block).queries === stream;
  const block = fits
    ? selection.block
    : trace.manifest.blocks.find(({ queries }) => queries === stream)!.name;
  if (fits) app.select({ ...selection, side: "query", pins: [position] });
  else app.go({ block, side: "query", pins: [position] });
}

const SHOWN = 90;

/** The end of a text that is too long for the line. */
function endOf(text: string): string {
  return text.length > SHOWN ? `…${text.slice(-SHOWN)}` : text;
}
