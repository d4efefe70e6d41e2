// The strip below the bars: an error with what to do about it, or, on a first visit, where to begin.

import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { tour } from "../gallery.ts";
import { standIn } from "../model-book.ts";
import type { AppState } from "../state.ts";
import { bytes, type NoticeAct } from "../words.ts";
import { Alert, Cross } from "./icons.tsx";
import type { PartProps } from "./part.ts";
import { WritingStrip } from "./writing-strip.tsx";

/** The error that stands, else the first-run strip. */
export function Notices({ app, actions }: PartProps) {
  const notice = app.notice.value;
  const asksToken = useSignal(false);
  const writes = app.writing.value !== null || app.trace.value?.manifest.generated;
  if (writes && !notice) return <WritingStrip app={app} />;
  if (!notice) return <FirstRun app={app} actions={actions} />;
  const act = (what: NoticeAct) => {
    asksToken.value = what.do === "token";
    if (what.do === "token") return;
    actions.act(what);
    if (what.do === "edit") document.querySelector<HTMLTextAreaElement>("[data-field=text]")?.focus();
    if (what.do === "files") pickFiles(app);
    if (what.do === "picture") document.querySelector<HTMLButtonElement>("[data-picture]")?.click();
  };
  return (
    <div class={`notice ${notice.kind === "error" ? "err" : "info"}`} role="alert">
      {notice.kind === "error" && <Alert />}
      <div class="body">
        <h4>{notice.title}</h4>
        <p>{withCode(notice.text)}</p>
        <div class="acts">
          {asksToken.value && <TokenField give={(token) => actions.giveToken(token)} />}
          {notice.actions
            .filter(({ act: what }) => !(asksToken.value && what.do === "token"))
            .map(({ label, act: what }, i) => (
              <button
                type="button"
                key={label}
                class={`btn small ${i === 0 ? "primary" : ""}`}
                onClick={() => act(what)}
              >
                {label}
              </button>
            ))}
        </div>
      </div>
      <Close
        close={() => {
          app.notice.value = null;
        }}
      />
    </div>
  );
}

/** A token of the hub, for private and gated models. It is kept in this tab only. */
function TokenField({ give }: { give: (token: string) => void }) {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => input.current?.focus(), []);
  return (
    <form
      class="search token"
      onSubmit={(event) => {
        event.preventDefault();
        if (input.current!.value.trim()) give(input.current!.value);
      }}
    >
      <input
        ref={input}
        type="password"
        aria-label="Hugging Face token"
        placeholder="hf_…"
        autocomplete="off"
      />
      <button type="submit" class="btn small">
        Use it
      </button>
    </form>
  );
}

function Close({ close }: { close: () => void }) {
  return (
    <button type="button" class="btn small square" aria-label="Close this notice" onClick={close}>
      <Cross />
    </button>
  );
}

/** Open the file dialog; it lives in the model picker. */
export function pickFiles(app: AppState): void {
  app.popover.value = "models";
  requestAnimationFrame(() => document.querySelector<HTMLButtonElement>("[data-open-files]")?.click());
}

/** Text with its backquoted parts as code. */
function withCode(text: string) {
  return text.split("`").map((part, i) => (i % 2 === 1 ? <code key={part}>{part}</code> : part));
}

const CHIPS = 4;

function FirstRun({ app, actions }: PartProps) {
  const run = app.run.value;
  const entries = tour(app.gallery.value, CHIPS);
  if (!app.firstRun.value || !run || run.seconds !== null || entries.length === 0) return null;
  return (
    <div class="notice" role="note">
      <b>Recorded run of {run.trace.manifest.model.name}.</b> <span class="try">Try</span>
      <div class="chips">
        {entries.map((example) => (
          <button
            type="button"
            key={example.id}
            title={example.text}
            class={`chip ${run.example === example.id ? "on" : ""}`}
            aria-pressed={run.example === example.id}
            onClick={() => void actions.openExample(example)}
          >
            {example.title}
          </button>
        ))}
      </div>
      <span class="sp" />
      <OwnText app={app} actions={actions} />
      <Close
        close={() => {
          app.firstRun.value = false;
        }}
      />
    </div>
  );
}

/** The way from a recorded run to a live one: the same text where a bundled model can, else that model's own. */
function OwnText({ app, actions }: PartProps) {
  const example = app.gallery.value.find((e) => e.id === app.run.value?.example);
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
      <span class="muted own">Your own text:</span>
      <button type="button" class="btn small" onClick={() => void actions.runOn(model.name)}>
        Run {model.name}, {bytes(model.bytes)}
      </button>
    </>
  );
}
