// The context bar: where in the model the page is, which cells are shown, and whether the run is live.

import { type BlockName, joins } from "../../../trace/index.ts";
import { formatNumber, type Selection } from "../../../views/index.ts";
import type { PairFilter, Place } from "../../state/place.ts";
import type { AppState } from "../../state/state.ts";
import { PopoverButton } from "../controls/popover.tsx";
import { Segments } from "../controls/segments.tsx";
import { inside } from "../inside.tsx";
import type { PartProps } from "../part.ts";
import { Breadcrumb } from "./breadcrumb.tsx";
import { duration } from "./duration.ts";
import { ReadingMenu } from "./reading-menu.tsx";

const StatusFacts = inside("StatusFacts");

/** The bar below the top bar. */
export function ContextBar({ app }: PartProps) {
  return (
    <section class="sub" aria-label="What is shown">
      <Breadcrumb app={app} />
      <span class="sp" />
      <TablesOn app={app} />
      <BlockChoice app={app} />
      <PairChoice app={app} />
      <HideSwitch app={app} />
      <ReadingMenu app={app} />
      <Strongest app={app} />
      <Status app={app} />
    </section>
  );
}

type Of = { readonly app: AppState };

/** That tables stand in place of the pictures, and the way back. */
function TablesOn({ app }: Of) {
  if (!app.table.value) return null;
  return (
    <button
      type="button"
      class="chip on tables-on"
      aria-pressed
      title="Show the pictures again (T)"
      onClick={() => {
        app.table.value = false;
      }}
    >
      Tables of numbers ×
    </button>
  );
}

const BLOCK_NAMES: Readonly<Record<BlockName, string>> = {
  self: "Self",
  encoder: "Encoder",
  decoder: "Decoder",
  cross: "Cross",
};

function BlockChoice({ app }: Of) {
  const trace = app.trace.value;
  if (!trace || trace.manifest.blocks.length < 2) return null;
  const choices: (readonly [BlockName | "all", string])[] = trace.manifest.blocks.map(({ name }) => [
    name,
    BLOCK_NAMES[name],
  ]);
  if (joins(trace)) choices.push(["all", "All"]);
  const selection = app.selection.value!;
  const pick = (block: BlockName | "all") => {
    const head = block === "all" ? headOf(selection) : {};
    app.go({ ...head, block, pins: null, side: "query" });
  };
  return (
    <Segments
      label="Attention block"
      choices={choices}
      value={app.joined.value ? "all" : selection.block}
      pick={pick}
    />
  );
}

/** The head stays, as no score says where to begin among all attentions. */
function headOf({ layer, heads, focus }: Selection): Partial<Place> {
  return { layer, heads, focus };
}

const PAIRS: readonly (readonly [PairFilter, string])[] = [
  ["all", "All"],
  ["aa", "A→A"],
  ["ab", "A→B"],
  ["ba", "B→A"],
  ["bb", "B→B"],
];

function PairChoice({ app }: Of) {
  if (!app.pair.value) return null;
  return (
    <Segments
      label="Sentences"
      choices={PAIRS}
      value={app.place.value.filter}
      pick={(filter) => app.go({ filter }, "push")}
    />
  );
}

/** True if what is hidden is the first token, not the special ones. */
function hidesFirst(app: AppState): boolean {
  return app.attention.value?.reach(0).causal ?? true;
}

function HideSwitch({ app }: Of) {
  const on = app.place.value.hide;
  return (
    <button type="button" role="switch" class="opt" aria-checked={on} onClick={() => app.go({ hide: !on })}>
      <i class={`switch ${on ? "on" : ""}`} />
      {hidesFirst(app) ? "Hide first token" : "Hide special tokens"}
      {!on && <Taken app={app} />}
    </button>
  );
}

/** What the first token takes of the heads that are shown, where it is most of their attention. */
function Taken({ app }: Of) {
  const [selection, first] = [app.selection.value, app.scores.all.value.find(({ id }) => id === "first")];
  if (!selection || !first || !hidesFirst(app)) return null;
  const shares = selection.heads.map((head) => first.values[selection.layer * first.heads + head] ?? 0);
  const mean = shares.reduce((sum, share) => sum + share, 0) / Math.max(1, shares.length);
  if (!(mean >= first.threshold)) return null;
  return (
    <span class="faint num" title="Mean attention of the chosen heads to the first token">
      takes {formatNumber(mean)}
    </span>
  );
}

function Strongest({ app }: Of) {
  const value = app.place.value.strongest;
  return (
    <label
      class="opt"
      title="Keeps the fewest weights of each row that reach this share of its mass. Changes no number."
    >
      Strongest
      <input
        type="range"
        class="range"
        min={10}
        max={100}
        step={1}
        value={value}
        style={{ "--v": `${((value - 10) / 90) * 100}%` }}
        onInput={(event) => app.slide({ strongest: Number(event.currentTarget.value) })}
        onChange={() => app.steps.release(app.place.value)}
      />
      <span class="num percent">{value}%</span>
    </label>
  );
}

function Status({ app }: Of) {
  const run = app.run.value;
  if (!run) return null;
  const live = run.seconds !== null;
  const loading = app.loading.value;
  const text = live
    ? `live, ${duration(run.seconds!)}`
    : app.arriving.value !== null
      ? "running"
      : loading && !loading.shown
        ? "recorded run, model loading"
        : "recorded run";
  return (
    <div class="anchor live-anchor">
      <PopoverButton
        app={app}
        name="status"
        label="This run"
        class="live num"
        menu="menu right status"
        inside={<StatusFacts app={app} />}
      >
        <i class={`dot ${live ? "" : "off"}`} />
        {text}
      </PopoverButton>
    </div>
  );
}
