// What a model wrote: as it comes, and then token by token, each a way to its attention.

import { Fragment } from "preact";
import { wordsOf } from "../../views/read/words.ts";
import type { Writing } from "../state/run.ts";
import type { AppState } from "../state/state.ts";
import { rove } from "./controls/rove.ts";

/** Most written tokens that are drawn at a time: a file may name a hundred thousand, and each is a button. */
const DRAWN = 500;

/** A text while it is being written. */
export function Coming({ writing, chat }: { writing: Writing; chat: boolean }) {
  const { prompt, text, done, total } = writing;
  return (
    <div class="notice writing" role="status">
      <p class="text" dir="auto">
        <span class="prompt">{endOf(prompt)}</span>
        {chat && " → "}
        <span>{text}</span>
        <i class="caret" aria-hidden="true" />
      </p>
      <span class="num small muted">
        {done} of {total} tokens
      </span>
    </div>
  );
}

/** What a model wrote, a button per token; of a long text the part with the pinned token. */
export function Written({ app }: { app: AppState }) {
  const trace = app.trace.value!;
  const { stream, start } = trace.manifest.generated!;
  const { tokens } = trace.stream(stream);
  const decoder = stream === "decoder";
  const { text, target, chat } = app.run.value!.input;
  const pinned = pinnedIn(app);
  const stop = pinned.find((i) => i >= 0) ?? 0;
  const count = tokens.length - start;
  const from = Math.floor(stop / DRAWN) * DRAWN;
  const to = Math.min(from + DRAWN, count);
  const labels = wordsOf(tokens);
  return (
    <div class="notice writing" role="note" aria-label="What the model wrote">
      <span class="small muted">
        {decoder && target === "" ? "Target written by the model" : "Written by the model"}
      </span>
      <p class="text" dir="auto" role="toolbar" aria-label="Written tokens" onKeyDown={rove}>
        <span class="prompt">{endOf(decoder ? target : text)}</span>
        {chat && " → "}
        {from > 0 && "… "}
        {range(from, to).map((i) => (
          <Fragment key={i}>
            {/^\s/.test(tokens[start + i]!.text) && " "}
            <button
              type="button"
              class={pinned.includes(i) ? "on" : ""}
              aria-pressed={pinned.includes(i)}
              tabIndex={i === stop ? 0 : -1}
              title={`Position ${start + i}: show what this token attends to`}
              onClick={() => pin(app, i)}
            >
              {labels[start + i]}
            </button>
          </Fragment>
        ))}
        {to < count && " …"}
      </p>
      <span class="num small muted">
        {count > DRAWN && `${from} to ${to - 1} of `}
        {count} {count === 1 ? "token" : "tokens"}
      </span>
    </div>
  );
}

/** Whole numbers from `from` up to, not with, `to`. */
const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);

/** Which written tokens are pinned, counted from the first of them. */
function pinnedIn(app: AppState): readonly number[] {
  const { pins, side } = app.selection.value!;
  const start = app.attention.value!.written(side);
  return start === null ? [] : pins.map((position) => position - start);
}

/** Pin a written token as a query, in a block whose queries it belongs to. */
function pin(app: AppState, index: number): void {
  const start = app.attention.value!.written("query");
  if (start !== null) {
    app.select({ ...app.selection.value!, side: "query", pins: [start + index] });
    return;
  }
  const { generated, blocks } = app.trace.value!.manifest;
  const { name } = blocks.find(({ queries }) => queries === generated!.stream)!;
  app.go({ block: name, side: "query", pins: [generated!.start + index] });
}

const SHOWN = 90;

/** The end of a text that is too long for the line. */
function endOf(text: string): string {
  return text.length > SHOWN ? `…${text.slice(-SHOWN)}` : text;
}
