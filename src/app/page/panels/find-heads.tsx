// Find heads: one chip per score, and every head ranked by the chosen one. The list draws only the rows in sight.

import { useSignal } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import type { ScoreTable } from "../../../analysis/index.ts";
import { formatNumber } from "../../../views/index.ts";
import type { Actions } from "../../actions/actions.ts";
import { labelsOf, type RankedHead } from "../../state/ranking.ts";
import type { AppState } from "../../state/state.ts";
import { rove, stepOf } from "../controls/rove.ts";
import { FindOwn } from "./find-own.tsx";
import { Thumbnail } from "./thumbnail.tsx";

const ROW = 30;
/** Rows drawn beyond the edges, so that scrolling does not flash. */
const MARGIN = 4;

const JOINED = "Heads are ranked within one attention: choose Encoder, Decoder or Cross.";

/** The ranked list of heads with its scores. */
export function FindHeads({ app, actions }: { app: AppState; actions: Actions }) {
  const score = app.scores.chosen.value;
  return (
    <section class="find" aria-label="Find heads">
      <div class="ph">
        <h2>Find heads</h2> <kbd>/</kbd>
        <span class="sp" />
        <span class="small faint num">{score && countText(app, score)}</span>
      </div>
      <fieldset class="chips" aria-label="Score" onKeyDown={rove}>
        {app.scores.all.value.map((s) => (
          <button
            type="button"
            key={s.id}
            tabIndex={s === score ? 0 : -1}
            class={`chip ${s === score ? "on" : ""}`}
            aria-pressed={s === score}
            title={`${s.definition} (${s.source})`}
            onClick={() => app.go({ score: s.id })}
          >
            {s.name}
          </button>
        ))}
      </fieldset>
      {score && <p class="says-score small muted">{score.definition}</p>}
      <FindOwn app={app} actions={actions} />
      {score ? (
        <Rows app={app} score={score} />
      ) : (
        <p class="more">{app.joined.value ? JOINED : withoutScores(app)}</p>
      )}
    </section>
  );
}

/** A run of one token has no scores, and none come where they cannot be computed. */
function withoutScores(app: AppState): string {
  const known = app.block.value !== null && app.scoresByBlock.value.has(app.block.value);
  return known ? "No score tells the heads of this run apart." : "Looking at every head.";
}

function countText(app: AppState, score: ScoreTable): string {
  const ranking = app.scores.ranking.value!;
  return `${ranking.above} of ${ranking.rows.length} above ${formatNumber(score.threshold, 1)}`;
}

function Rows({ app, score }: { app: AppState; score: ScoreTable }) {
  const list = useRef<HTMLDivElement>(null);
  const top = useSignal(0);
  const height = useSignal(400);
  useLayoutEffect(() => {
    const observer = new ResizeObserver(() => {
      height.value = list.current?.clientHeight ?? 0;
    });
    observer.observe(list.current!);
    return () => observer.disconnect();
  }, []);
  const { rows, above } = app.scores.ranking.value!;
  const first = Math.max(0, Math.floor(top.value / ROW) - MARGIN);
  const last = Math.min(rows.length, Math.ceil((top.value + height.value) / ROW) + MARGIN);
  const best = rows[0];
  const stop = useTabStop(app, rows, first, last);
  const onKeyDown = (event: KeyboardEvent) => {
    const next = stepOf(event.key, stop, rows.length);
    if (next === null || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    goTo(list.current!, next);
  };
  return (
    <>
      {above === 0 && best && (
        <p class="more num">
          No head is above {formatNumber(score.threshold)}. Strongest is {best.layer}.{best.head} with{" "}
          {formatNumber(best.value)}.
        </p>
      )}
      <div
        class="rows"
        role="toolbar"
        aria-orientation="vertical"
        aria-label="Heads by score"
        ref={list}
        onScroll={(event) => {
          top.value = event.currentTarget.scrollTop;
        }}
        onKeyDown={onKeyDown}
      >
        <div class="all" style={{ height: `${rows.length * ROW}px` }}>
          {rows.slice(first, last).map((row, i) => (
            <Row
              key={`${row.layer}.${row.head}`}
              app={app}
              score={score}
              row={row}
              rank={first + i}
              stop={first + i === stop}
              scale={Math.abs(best?.value ?? 1)}
            />
          ))}
        </div>
      </div>
    </>
  );
}

/** The row that Tab leads to: the one with the focus, else the selected one, else the first in sight. */
function useTabStop(app: AppState, rows: readonly RankedHead[], first: number, last: number): number {
  const focused = useSignal<number | null>(null);
  useEffect(() => {
    const follow = () => {
      const rank = (document.activeElement as HTMLElement | null)?.dataset.rank;
      focused.value = rank === undefined ? null : Number(rank);
    };
    document.addEventListener("focusin", follow);
    return () => document.removeEventListener("focusin", follow);
  }, []);
  const { layer, focus } = app.selection.value!;
  const selected = rows.findIndex((row) => row.layer === layer && row.head === focus);
  const inside = [focused.value ?? -1, selected].find((rank) => rank >= first && rank < last);
  return inside ?? first;
}

/** Bring a row into sight and give it the focus once it is drawn. */
function goTo(list: HTMLElement, rank: number): void {
  const top = rank * ROW;
  list.scrollTop = Math.max(top + ROW - list.clientHeight, Math.min(top, list.scrollTop));
  requestAnimationFrame(() => list.querySelector<HTMLElement>(`[data-rank="${rank}"]`)?.focus());
}

interface RowProps {
  readonly app: AppState;
  readonly score: ScoreTable;
  readonly row: RankedHead;
  readonly rank: number;
  /** The one row that Tab leads to. */
  readonly stop: boolean;
  readonly scale: number;
}

function Row({ app, score, row, rank, stop, scale }: RowProps) {
  const { layer, head, value } = row;
  const selection = app.selection.value!;
  const on = selection.layer === layer && selection.focus === head;
  const labels = labelsOf([score, ...app.scores.all.value.filter((s) => s !== score)], layer, head);
  const full = Math.max(scale, score.threshold);
  const share = (x: number) => `${Math.min(100, (Math.abs(x) / full) * 100)}%`;
  return (
    <button
      type="button"
      class={`frow num ${on ? "on" : ""}`}
      style={{ transform: `translateY(${rank * ROW}px)` }}
      aria-current={on}
      data-layer={layer}
      data-head={head}
      data-rank={rank}
      tabIndex={stop ? 0 : -1}
      onClick={() => app.select({ ...selection, layer, heads: [head], focus: head })}
    >
      <span class="faint rank">{rank + 1}</span>
      <Thumbnail app={app} layer={layer} head={head} />
      <span class="id">
        <span class="sr">Head </span>
        {layer}.{head}
      </span>
      <span class="lab" title={labels.join(", ")}>
        {labels[0] && <span class="tag">{labels[0]}</span>}
        {labels.length > 1 && <span class="tag">+{labels.length - 1}</span>}
      </span>
      <span class="bar">
        <i class={barKind(value, score.threshold)} style={{ width: share(value) }} />
        <u style={{ left: share(score.threshold) }} />
      </span>
      <span class="value">{formatNumber(value)}</span>
    </button>
  );
}

/** Below the threshold, above it, or above it with a minus; said on the bar itself, as rows are used again. */
function barKind(value: number, threshold: number): string {
  if (Math.abs(value) < threshold) return value < 0 ? "dim neg" : "dim";
  return value < 0 ? "neg" : "";
}
