// The top bar: which model, which text, Run, and what can be done with the result.

import { mostHeads } from "../../../trace/index.ts";
import type { AppState } from "../../state/state.ts";
import { CompareButton } from "../controls/compare-button.tsx";
import { Chevron, ClockIcon, GalleryIcon, Logo, ShareIcon, ThemeIcon } from "../controls/icons.tsx";
import { later } from "../controls/later.tsx";
import { PopoverButton } from "../controls/popover.tsx";
import { inside } from "../inside.tsx";
import { type PartProps, switchTheme, toggle } from "../part.ts";
import { Fields } from "./fields.tsx";
import { RunButtons } from "./run-buttons.tsx";

const [GalleryList, ModelPicker, RecentList] = [
  inside("GalleryList"),
  inside("ModelPicker"),
  inside("RecentList"),
];
/** Figures of every view are much code that few visits need. */
const SharePanel = later(
  () => import("./share-panel.tsx"),
  (share) => share.SharePanel,
);

/** The bar at the top. */
export function TopBar({ app, actions }: PartProps) {
  return (
    <header class="top">
      <button type="button" class="btn skip" onClick={toWords}>
        Skip to the words
      </button>
      <h1 class="logo">
        <Logo />
        <span>headscope</span>
      </h1>
      <ModelButton app={app} actions={actions} />
      <Fields app={app} actions={actions} />
      <div class="anchor recent-anchor">
        <PopoverButton
          app={app}
          name="recent"
          label="Recent runs"
          aria-label="Recent runs"
          title="Recent runs (R)"
          class="btn ghost icon"
          menu="menu recent right"
          inside={<RecentList app={app} actions={actions} />}
        >
          <ClockIcon />
        </PopoverButton>
      </div>
      <RunButtons app={app} actions={actions} />
      <div class="anchor gallery-anchor">
        <PopoverButton
          app={app}
          name="gallery"
          label="Gallery"
          aria-label="Gallery"
          class="btn ghost gallery-button"
          menu="menu gallery"
          inside={<GalleryList app={app} actions={actions} />}
        >
          <GalleryIcon />
          <span class="wide-only">Gallery</span>
        </PopoverButton>
      </div>
      <CompareButton app={app} actions={actions} />
      <div class="anchor share-anchor">
        <PopoverButton
          app={app}
          name="share"
          label="Share"
          aria-label="Share"
          class="btn ghost share"
          menu="menu share right"
          disabled={app.arriving.value !== null}
          inside={<SharePanel app={app} />}
        >
          <ShareIcon />
          <span class="wide-only">Share</span>
        </PopoverButton>
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

/** For the keyboard: past all bars, to the words of the head view. */
function toWords(): void {
  document.querySelector<HTMLElement>(".hs-words")?.focus();
}

function ModelButton({ app, actions }: PartProps) {
  const attention = app.attention.value;
  return (
    <div class="anchor model-anchor">
      <PopoverButton
        app={app}
        name="models"
        label="Models"
        class="btn model"
        title={app.modelName.value}
        menu="menu models"
        inside={<ModelPicker app={app} actions={actions} />}
      >
        <b>{app.modelName.value}</b>
        {attention && (
          <span class="faint num shape">
            {attention.layers} × {mostHeads(attention)} heads
          </span>
        )}
        <Chevron />
      </PopoverButton>
    </div>
  );
}

function ProgressLine({ app }: { app: AppState }) {
  const loading = app.loading.value;
  if (!loading) return null;
  return <div class="top-progress" style={{ width: `${Math.max(2, Math.round(loading.share * 100))}%` }} />;
}
