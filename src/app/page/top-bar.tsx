// The top bar: which model, which text, Run, and what can be done with the result.

import { useEffect, useRef } from "preact/hooks";
import type { AppState, Draft } from "../state.ts";
import { countsOf } from "../texts.ts";
import { GalleryList } from "./gallery-list.tsx";
import { Chevron, GalleryIcon, Logo, ShareIcon, ThemeIcon } from "./icons.tsx";
import { LoadingPanel } from "./loading-panel.tsx";
import { ModelPicker } from "./model-picker.tsx";
import { type PartProps, switchTheme, toggle } from "./part.ts";
import { Popover } from "./popover.tsx";
import { SharePanel } from "./share-panel.tsx";

/** The bar at the top. */
export function TopBar({ app, actions }: PartProps) {
  return (
    <header class="top">
      <div class="logo">
        <Logo />
        <span>headscope</span>
      </div>
      <ModelButton app={app} actions={actions} />
      <TextFields app={app} actions={actions} />
      <RunButton app={app} actions={actions} />
      <div class="anchor gallery-anchor">
        <button
          type="button"
          class={`btn ghost gallery-button ${app.popover.value === "gallery" ? "on" : ""}`}
          aria-haspopup="dialog"
          aria-label="Gallery"
          onClick={() => toggle(app, "gallery")}
        >
          <GalleryIcon />
          <span class="wide-only">Gallery</span>
        </button>
        <Popover app={app} name="gallery" label="Gallery" class="menu gallery">
          <GalleryList app={app} actions={actions} />
        </Popover>
      </div>
      <div class="anchor share-anchor">
        <button
          type="button"
          class={`btn ghost share ${app.popover.value === "share" ? "on" : ""}`}
          aria-haspopup="dialog"
          aria-label="Share"
          onClick={() => toggle(app, "share")}
        >
          <ShareIcon />
          <span class="wide-only">Share</span>
        </button>
        <Popover app={app} name="share" label="Share" class="menu right">
          <SharePanel app={app} />
        </Popover>
      </div>
      <button
        type="button"
        class="btn ghost icon"
        aria-label="Switch theme"
        title="Switch theme"
        onClick={() => switchTheme(app)}
      >
        <ThemeIcon />
      </button>
      <ProgressLine app={app} />
    </header>
  );
}

function ModelButton({ app, actions }: PartProps) {
  const block = app.selection.value && app.trace.value?.block(app.selection.value.block);
  return (
    <div class="anchor">
      <button
        type="button"
        class={`btn model ${app.popover.value === "models" ? "on" : ""}`}
        aria-haspopup="dialog"
        onClick={() => toggle(app, "models")}
      >
        <b>{app.modelName.value}</b>
        {block && (
          <span class="faint num shape">
            {block.layers} × {block.heads} heads
          </span>
        )}
        <Chevron />
      </button>
      <Popover app={app} name="models" label="Models" class="menu models">
        <ModelPicker app={app} actions={actions} />
      </Popover>
    </div>
  );
}

/** Which fields there are: one text, a pair, or source and target. */
function fieldsOf(app: AppState): { name: keyof Draft; label: string }[] {
  const two =
    app.live.value?.opened.kind === "encoder-decoder" || (app.trace.value?.manifest.blocks.length ?? 0) > 1;
  if (two)
    return [
      { name: "text", label: "Source" },
      { name: "target", label: "Target" },
    ];
  const pair = app.live.value?.opened.pairs || app.pair.value;
  if (pair)
    return [
      { name: "text", label: "A" },
      { name: "pair", label: "B" },
    ];
  return [{ name: "text", label: app.live.value?.opened.readsText === false ? "Ids" : "Text" }];
}

function TextFields({ app, actions }: PartProps) {
  const fields = fieldsOf(app);
  return (
    <form
      class="fields"
      id="run-form"
      onSubmit={(event) => {
        event.preventDefault();
        void actions.runDraft();
      }}
    >
      {fields.map(({ name, label }, i) => (
        <Field
          key={name}
          app={app}
          actions={actions}
          name={name}
          label={label}
          index={i}
          only={fields.length === 1}
        />
      ))}
    </form>
  );
}

interface FieldProps extends PartProps {
  readonly name: keyof Draft;
  readonly label: string;
  readonly index: number;
  readonly only: boolean;
}

function Field({ app, actions, name, label, index, only }: FieldProps) {
  const area = useRef<HTMLTextAreaElement>(null);
  const value = app.draft.value[name];
  useEffect(() => grow(area.current!), [value]);
  const count = tokenCount(app, index);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    void actions.runDraft();
  };
  return (
    <label class="field">
      <b>{label}</b>
      <textarea
        ref={area}
        rows={1}
        value={value}
        spellcheck={false}
        data-field={name}
        placeholder={
          name === "target"
            ? "Generated when left empty"
            : name === "pair"
              ? "Second sentence"
              : "Type a text."
        }
        onInput={(event) => {
          app.draft.value = { ...app.draft.value, [name]: event.currentTarget.value };
        }}
        onFocus={() => {
          void actions.warm();
          grow(area.current!);
        }}
        onBlur={() => grow(area.current!)}
        onKeyDown={onKeyDown}
      />
      <i class="num" aria-live="polite">
        {count === null ? "" : only ? `${count} ${count === 1 ? "token" : "tokens"}` : count}
      </i>
    </label>
  );
}

/** One line, up to four while it has the focus. */
function grow(area: HTMLTextAreaElement): void {
  const focused = document.activeElement === area;
  area.style.height = "";
  const lines = Math.min(4, Math.max(1, Math.floor((area.scrollHeight - 12) / 20)));
  area.style.height = focused && lines > 1 ? `${lines * 20 + 12}px` : "";
  area.parentElement!.classList.toggle("tall", focused && lines > 1);
}

/** Tokens of a field: of the draft where they are counted, of the run that is shown where the draft is its text. */
function tokenCount(app: AppState, index: number): number | null {
  const counted = app.draftTokens.value;
  if (counted) return counted[index] ?? null;
  const run = app.run.value;
  const draft = app.draft.value;
  const same = run && (["text", "pair", "target"] as const).every((name) => run.input[name] === draft[name]);
  return same
    ? (countsOf(
        run.trace.manifest.streams.map((s) => s.tokens),
        app.pair.value,
      )[index] ?? null)
    : null;
}

function RunButton({ app, actions }: PartProps) {
  const loading = app.loading.value;
  const running = loading?.shown === true;
  const empty = app.draft.value.text.trim() === "";
  return (
    <div class="anchor run-anchor">
      {running ? (
        <button type="button" class="btn primary run" onClick={() => actions.stop()}>
          Stop
        </button>
      ) : (
        <button
          type="submit"
          form="run-form"
          class="btn primary run"
          disabled={empty}
          title={empty ? "Type a text." : "Run the model on this text"}
        >
          Run <kbd>⏎</kbd>
        </button>
      )}
      {running && <LoadingPanel app={app} actions={actions} />}
    </div>
  );
}

function ProgressLine({ app }: { app: AppState }) {
  const loading = app.loading.value;
  if (!loading) return null;
  const { progress } = loading;
  const share = progress && progress.total > 0 ? progress.done / progress.total : 0.02;
  return <div class="top-progress" style={{ width: `${Math.round(share * 100)}%` }} />;
}
