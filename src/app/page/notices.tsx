// The strip below the bars: an error with what to do about it, or, on a first visit, where to begin.

import type { Example } from "../gallery.ts";
import type { AppState } from "../state.ts";
import { bytes, type NoticeAct } from "../words.ts";
import { Alert, Cross } from "./icons.tsx";
import type { PartProps } from "./part.ts";

/** The error that stands, else the first-run strip. */
export function Notices({ app, actions }: PartProps) {
  const notice = app.notice.value;
  if (!notice) return <FirstRun app={app} actions={actions} />;
  const act = (what: NoticeAct) => {
    actions.act(what);
    if (what.do === "edit") document.querySelector<HTMLTextAreaElement>("[data-field=text]")?.focus();
    if (what.do === "files") pickFiles(app);
  };
  return (
    <div class="notice err" role="alert">
      <Alert />
      <div class="body">
        <h4>{notice.title}</h4>
        <p>{withCode(notice.text)}</p>
        <div class="acts">
          {notice.actions.map(({ label, act: what }, i) => (
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

/** The first two examples, then the first of each other model: what the page shows at three kinds of model. */
function tour(gallery: readonly Example[]): Example[] {
  const seen = new Set<string>();
  return gallery.filter((example, i) => {
    const kind = example.trace.split("/").at(-1)!.split("-")[0]!;
    const fresh = i < 2 || !seen.has(kind);
    seen.add(kind);
    return fresh;
  });
}

const CHIPS = 4;

function FirstRun({ app, actions }: PartProps) {
  const run = app.run.value;
  const entries = tour(app.gallery.value).slice(0, CHIPS);
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
  const model = app.bundled.value[0];
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
