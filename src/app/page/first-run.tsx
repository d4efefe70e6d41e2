// Where to begin: what the recorded run on screen shows, some examples, and the way to one's own text.

import { useEffect, useRef } from "preact/hooks";
import { standIn } from "../actions/model-book.ts";
import { bytes } from "../notices.ts";
import { type Example, tour } from "../state/gallery.ts";
import type { AppState } from "../state/state.ts";
import { Close } from "./controls/close.tsx";
import type { PartProps } from "./part.ts";

type Of = { readonly app: AppState };

/** The strip of a recorded run until it is closed: examples, and below them what the one on screen shows. */
export function FirstRun({ app, actions }: PartProps) {
  const run = app.run.value;
  const row = useRef<HTMLDivElement>(null);
  useEffect(() => bringInSight(row.current), [run?.example]);
  const entries = tour(app.gallery.value);
  const recorded = run !== null && run.seconds === null && app.arriving.value === null;
  if (!app.firstRun.value || !recorded || entries.length === 0) return null;
  const shown = exampleShown(app);
  const chips = shown && !entries.includes(shown) ? [...entries.slice(0, -1), shown] : entries;
  return (
    <div class="notice begin" role="note">
      <div class="line">
        <b>Recorded run of {run.trace.manifest.model.name}.</b> <span class="try">Try</span>
        <div class="chips" ref={row}>
          {chips.map((example) => (
            <button
              type="button"
              key={example.id}
              title={example.text}
              class={`chip ${run.example === example.id ? "on" : ""}`}
              aria-pressed={run.example === example.id}
              onClick={() => void actions.opening.example(example)}
            >
              {example.chip ?? example.title}
            </button>
          ))}
        </div>
        <span class="sp" />
        <OwnText app={app} actions={actions} />
        <CloseFirstRun app={app} />
      </div>
      {shown && <Caption key={shown.id} example={shown} />}
    </div>
  );
}

/** Scrolls the row to the chip that is on. Not by scrollIntoView: Tab would go on from there, past the top bar. */
function bringInSight(row: HTMLElement | null): void {
  const chip = row?.querySelector(".chip.on");
  if (!row || !chip) return;
  const [frame, box] = [row.getBoundingClientRect(), chip.getBoundingClientRect()];
  row.scrollLeft += Math.min(0, box.left - frame.left) + Math.max(0, box.right - frame.right);
  row.scrollTop += Math.min(0, box.top - frame.top) + Math.max(0, box.bottom - frame.bottom);
}

/** The caption of an example whose words a model wrote; the strip of what it wrote stands above it. */
export function WrittenCaption({ app }: Of) {
  const shown = app.firstRun.value ? exampleShown(app) : undefined;
  if (!shown) return null;
  return (
    <div class="notice" role="note">
      <Caption key={shown.id} example={shown} />
      <CloseFirstRun app={app} />
    </div>
  );
}

function exampleShown(app: AppState): Example | undefined {
  return app.gallery.value.find((example) => example.id === app.run.value?.example);
}

/** What there is to see, and where the paper shows it. */
function Caption({ example: { text, figure } }: { example: Example }) {
  return (
    <p class="says">
      {text}
      {figure && <cite>{figure}</cite>}
    </p>
  );
}

function CloseFirstRun({ app }: Of) {
  return (
    <Close
      close={() => {
        app.firstRun.value = false;
      }}
    />
  );
}

/** The way from a recorded run to a live one: the same text where a bundled model can, else that model's own. */
function OwnText({ app, actions }: PartProps) {
  const example = exampleShown(app);
  if (example?.model)
    return (
      <button type="button" class="btn small" onClick={() => void actions.runDraft()}>
        Run it live
      </button>
    );
  const model = standIn(app.bundled.value, app.reads.value);
  if (!model) return null;
  return (
    <>
      <span class="muted own-text">Your own text:</span>
      <button type="button" class="btn small" onClick={() => void actions.opening.bundled(model.name)}>
        Run {model.name}, {bytes(model.bytes)}
      </button>
    </>
  );
}
