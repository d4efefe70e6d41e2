// What a model wrote, token by token, each a way to its attention.

import { Fragment } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { wordsOf } from "../../views/read/words.ts";
import type { AppState } from "../state/state.ts";
import { endOf } from "./coming.tsx";
import { stepOf } from "./controls/rove.ts";

/** Most written tokens that are drawn at a time: a file may name a hundred thousand, and each is a button. */
const DRAWN = 500;

/**
 * What a model wrote, a button per token; of a long text the part with the pinned token, or with the one that arrow
 * keys reached.
 */
export function Written({ app }: { app: AppState }) {
  const trace = app.trace.value!;
  const { stream, start } = trace.manifest.generated!;
  const { tokens } = trace.stream(stream);
  const decoder = stream === "decoder";
  const { text, target, chat } = app.run.value!.input;
  const pinned = pinnedIn(app);
  const count = tokens.length - start;
  const { stop, reach, row } = useReached(pinned.find((i) => i >= 0 && i < count) ?? 0, count);
  const from = Math.floor(stop / DRAWN) * DRAWN;
  const to = Math.min(from + DRAWN, count);
  const labels = wordsOf(tokens);
  return (
    <div class="notice writing" role="note" aria-label="What the model wrote">
      <span class="small muted">
        {decoder && target === "" ? "Target written by the model" : "Written by the model"}
      </span>
      <p
        class="text"
        dir="auto"
        role="toolbar"
        aria-label="Written tokens"
        ref={row}
        onKeyDown={(event) => walk(event, count, reach)}
      >
        <span class="prompt">{endOf(decoder ? target : text)}</span>
        {chat && " → "}
        {from > 0 && <More from={from - DRAWN} to={from} reach={() => reach(from - 1)} />}
        {range(from, to).map((i) => (
          <Fragment key={i}>
            {/^\s/.test(tokens[start + i]!.text) && " "}
            <button
              type="button"
              class={pinned.includes(i) ? "on" : ""}
              aria-pressed={pinned.includes(i)}
              data-token={i}
              tabIndex={i === stop ? 0 : -1}
              title={`Position ${start + i}: show what this token attends to`}
              onClick={() => pin(app, i)}
            >
              {labels[start + i]}
            </button>
          </Fragment>
        ))}
        {to < count && <More from={to} to={Math.min(to + DRAWN, count)} reach={() => reach(to)} />}
      </p>
      <span class="num small muted">
        {count > DRAWN && `${from} to ${to - 1} of `}
        {count} {count === 1 ? "token" : "tokens"}
      </span>
    </div>
  );
}

/** The way to the next tokens, or to those before. */
function More({ from, to, reach }: { from: number; to: number; reach: () => void }) {
  return (
    <button
      type="button"
      tabIndex={-1}
      aria-label={`Show the written tokens ${from} to ${to - 1}`}
      onClick={reach}
    >
      …
    </button>
  );
}

/** The one tab stop among `count` tokens: `pinned`, until `reach` gives the focus to another, and again when it changes. */
function useReached(pinned: number, count: number) {
  const [reached, setReached] = useState<{ readonly token: number } | null>(null);
  const row = useRef<HTMLParagraphElement>(null);
  useEffect(() => setReached(null), [pinned, count]);
  useLayoutEffect(() => {
    if (reached) row.current!.querySelector<HTMLElement>(`[data-token="${reached.token}"]`)?.focus();
  }, [reached]);
  const stop = Math.min(reached?.token ?? pinned, count - 1);
  return { stop, reach: (token: number) => setReached({ token }), row };
}

/** Arrow keys, Home and End lead through all tokens, those that are not drawn included. */
function walk(event: KeyboardEvent, count: number, reach: (token: number) => void): void {
  const at = (event.target as HTMLElement).dataset.token;
  if (event.ctrlKey || event.metaKey || event.altKey || at === undefined) return;
  const next = stepOf(event.key, Number(at), count);
  if (next === null) return;
  event.preventDefault();
  event.stopPropagation();
  reach(next);
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
