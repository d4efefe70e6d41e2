// The top bar: which model, which text, Run, and what can be done with the result.

import { mostHeads } from "../../../trace/index.ts";
import type { AppState } from "../../state/state.ts";
import { Chevron, GalleryIcon, Logo, ShareIcon, ThemeIcon } from "../controls/icons.tsx";
import { Popover } from "../controls/popover.tsx";
import { type PartProps, switchTheme, toggle } from "../part.ts";
import { Fields } from "./fields.tsx";
import { GalleryList } from "./gallery-list.tsx";
import { LaterShare } from "./later-share.tsx";
import { ModelPicker } from "./model-picker.tsx";
import { RecentButton } from "./recent-list.tsx";
import { RunButtons } from "./run-buttons.tsx";

/** The bar at the top. */
export function TopBar({ app, actions }: PartProps) {
  return (
    <header class="top">
      <h1 class="logo">
        <Logo />
        <span>headscope</span>
      </h1>
      <ModelButton app={app} actions={actions} />
      <Fields app={app} actions={actions} />
      <RecentButton app={app} actions={actions} />
      <RunButtons app={app} actions={actions} />
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
      <CompareButton app={app} actions={actions} />
      <div class="anchor share-anchor">
        <button
          type="button"
          class={`btn ghost share ${app.popover.value === "share" ? "on" : ""}`}
          aria-haspopup="dialog"
          aria-label="Share"
          disabled={app.arriving.value !== null}
          onClick={() => toggle(app, "share")}
        >
          <ShareIcon />
          <span class="wide-only">Share</span>
        </button>
        <Popover app={app} name="share" label="Share" class="menu share right">
          <LaterShare app={app} />
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
      <button
        type="button"
        class="btn ghost icon help"
        aria-label="Keys and gestures"
        title="Keys and gestures (?)"
        onClick={() => toggle(app, "keys")}
      >
        ?
      </button>
      <ProgressLine app={app} />
    </header>
  );
}

/** Beside the run: the same text without edits, or another one. */
function CompareButton({ app, actions }: PartProps) {
  const on = app.place.value.compare !== "off";
  return (
    <button
      type="button"
      class={`btn ghost compare ${on ? "on" : ""}`}
      aria-pressed={on}
      title="Compare with another text, or with the run without edits (C)"
      onClick={() => void actions.look({ compare: on ? "off" : "side" })}
    >
      Compare
    </button>
  );
}

function ModelButton({ app, actions }: PartProps) {
  const attention = app.attention.value;
  return (
    <div class="anchor model-anchor">
      <button
        type="button"
        class={`btn model ${app.popover.value === "models" ? "on" : ""}`}
        aria-haspopup="dialog"
        onClick={() => toggle(app, "models")}
      >
        <b>{app.modelName.value}</b>
        {attention && (
          <span class="faint num shape">
            {attention.layers} × {mostHeads(attention)} heads
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

function ProgressLine({ app }: { app: AppState }) {
  const loading = app.loading.value;
  if (!loading) return null;
  return <div class="top-progress" style={{ width: `${Math.max(2, Math.round(loading.share * 100))}%` }} />;
}
