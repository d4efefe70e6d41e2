// The context bar: where in the model the page is, which cells are shown, and whether the run is live.

import type { BlockName } from "../../trace/index.ts";
import { wordOf } from "../../views/index.ts";
import type { PairFilter } from "../place.ts";
import type { AppState, PopoverName } from "../state.ts";
import { type PartProps, toggle } from "./part.ts";
import { Popover } from "./popover.tsx";
import { Segments } from "./segments.tsx";

export function ContextBar({ app }: PartProps) {
  return (
    <div class="sub">
      <Breadcrumb app={app} />
      <span class="sp" />
      <BlockChoice app={app} />
      <PairChoice app={app} />
      <HideSwitch app={app} />
      <Strongest app={app} />
      <Status app={app} />
    </div>
  );
}

type Of = { readonly app: AppState };

/** model › layer › head › word: each part opens a list, and the current one goes up a scale. */
function Breadcrumb({ app }: Of) {
  const selection = app.selection.value;
  const words = app.pinnedWords.value;
  return (
    <nav class="crumb" aria-label="Where you are">
      <button type="button" onClick={() => toggle(app, "models")}>
        {app.modelName.value}
      </button>
      {selection && (
        <>
          <Part app={app} name="layers" text={`Layer ${selection.layer}`} last={false}>
            <LayerList app={app} />
          </Part>
          <Part app={app} name="heads" text={headsText(selection.heads, selection.focus)} last={words === ""}>
            <HeadList app={app} />
          </Part>
          {words && (
            <Part app={app} name="words" text={words} last>
              <WordList app={app} />
            </Part>
          )}
        </>
      )}
    </nav>
  );
}

function headsText(heads: readonly number[], focus: number): string {
  return heads.length > 1 ? `Head ${focus} of ${heads.length}` : `Head ${focus}`;
}

function Part(
  props: Of & { name: PopoverName; text: string; last: boolean; children: preact.ComponentChildren },
) {
  return (
    <span class="anchor">
      <span aria-hidden="true" class="faint">
        ›
      </span>
      <button
        type="button"
        dir="auto"
        aria-haspopup="dialog"
        {...(props.last ? { "aria-current": "location" as const } : {})}
        onClick={() => toggle(props.app, props.name)}
      >
        {props.text}
      </button>
      <Popover app={props.app} name={props.name} label={props.text} class="menu list">
        {props.children}
      </Popover>
    </span>
  );
}

function Choice(props: { text: string; on: boolean; pick: () => void }) {
  return (
    <button
      type="button"
      class={`item ${props.on ? "on" : ""}`}
      {...(props.on ? { "data-first": true } : {})}
      onClick={props.pick}
    >
      <span dir="auto">{props.text}</span>
    </button>
  );
}

function LayerList({ app }: Of) {
  const selection = app.selection.value!;
  const { layers } = app.trace.value!.block(selection.block);
  return (
    <>
      {Array.from({ length: layers }, (_, layer) => (
        <Choice
          key={layer}
          text={`Layer ${layer}`}
          on={layer === selection.layer}
          pick={() => pick(app, () => app.select({ ...selection, layer }))}
        />
      ))}
    </>
  );
}

function HeadList({ app }: Of) {
  const selection = app.selection.value!;
  const { heads } = app.trace.value!.block(selection.block);
  return (
    <>
      {Array.from({ length: heads }, (_, head) => (
        <Choice
          key={head}
          text={`Head ${selection.layer}.${head}`}
          on={head === selection.focus}
          pick={() => pick(app, () => app.select({ ...selection, heads: [head], focus: head }))}
        />
      ))}
    </>
  );
}

function WordList({ app }: Of) {
  const selection = app.selection.value!;
  const trace = app.trace.value!;
  const block = trace.block(selection.block);
  const tokens = trace.stream(selection.side === "query" ? block.queries : block.keys).tokens;
  return (
    <>
      <Choice
        text="No word"
        on={false}
        pick={() => pick(app, () => app.select({ ...selection, pins: [] }))}
      />
      {tokens.slice(0, 400).map((token, position) => (
        <Choice
          key={position}
          text={wordOf(token)}
          on={selection.pins.includes(position)}
          pick={() => pick(app, () => app.select({ ...selection, pins: [position] }))}
        />
      ))}
    </>
  );
}

function pick(app: AppState, change: () => void): void {
  app.popover.value = null;
  change();
}

const BLOCK_NAMES: Readonly<Record<BlockName, string>> = {
  self: "Self",
  encoder: "Encoder",
  decoder: "Decoder",
  cross: "Cross",
};

function BlockChoice({ app }: Of) {
  const blocks = app.trace.value?.manifest.blocks ?? [];
  if (blocks.length < 2) return null;
  const choices = blocks.map((block) => [block.name, BLOCK_NAMES[block.name]] as const);
  return (
    <Segments
      label="Attention block"
      choices={choices}
      value={app.selection.value!.block}
      pick={(block) => app.go({ block, pins: null, side: "query" })}
    />
  );
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
  const [trace, selection] = [app.trace.value, app.selection.value];
  return trace === null || selection === null || trace.recipe(selection.block, 0).causal;
}

function HideSwitch({ app }: Of) {
  const on = app.place.value.hide;
  return (
    <button type="button" role="switch" class="opt" aria-checked={on} onClick={() => app.go({ hide: !on })}>
      <i class={`switch ${on ? "on" : ""}`} />
      {hidesFirst(app) ? "Hide first token" : "Hide special tokens"}
    </button>
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
        onInput={(event) => app.go({ strongest: Number(event.currentTarget.value) }, "replace")}
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
    : loading && !loading.shown
      ? "recorded run, model loading"
      : "recorded run";
  return (
    <div class="anchor live-anchor">
      <button type="button" class="live num" aria-haspopup="dialog" onClick={() => toggle(app, "status")}>
        <i class={`dot ${live ? "" : "off"}`} />
        {text}
      </button>
      <Popover app={app} name="status" label="This run" class="menu right status">
        <StatusFacts app={app} />
      </Popover>
    </div>
  );
}

function StatusFacts({ app }: Of) {
  const run = app.run.value!;
  const { model, streams } = run.trace.manifest;
  const rows: [string, string][] = [
    ["Model", model.name],
    ["Family", model.family],
    ["Shape", `${model.layers} layers × ${model.heads} heads of ${model.headSize}`],
    ["Tokens", streams.map((s) => s.tokens.length).join(" and ")],
    ["Run", run.seconds === null ? "recorded before" : `in this page, ${duration(run.seconds)}`],
  ];
  const live = app.live.value;
  if (live)
    rows.push([
      "Runs on",
      `processor, ${live.opened.threads} ${live.opened.threads === 1 ? "thread" : "threads"}, float32`,
    ]);
  return (
    <dl>
      {rows.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd class="num">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function duration(seconds: number): string {
  return seconds < 1 ? `${Math.max(1, Math.round(seconds * 1000))} ms` : `${seconds.toFixed(1)} s`;
}
