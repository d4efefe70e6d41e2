// Find heads: one chip per score, and every head ranked by the chosen one. The list draws only the rows in sight.

import { type Signal, useSignal } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import type { ScoreTable } from "../../../analysis/index.ts";
import { formatNumber } from "../../../views/index.ts";
import type { Actions } from "../../actions/actions.ts";
import { labelsOf, type RankedHead, searched } from "../../state/ranking.ts";
import type { AppState } from "../../state/state.ts";
import { rove, stepOf } from "../controls/rove.ts";
import { FindOwn } from "./find-own.tsx";
import { Thumbnail } from "./thumbnail.tsx";

/** Height of a row; a finger gets a taller one. */
const ROW = 30;
const FINGER_ROW = 44;
/** Rows drawn beyond the edges, so that scrolling does not flash. */
const MARGIN = 4;

/** The ranked list of heads with its scores. */
export function FindHeads({ app, actions }: { app: AppState; actions: Actions }) {
  const score = app.scores.chosen.value;
  const query = useSignal("");
  return (
    <section class="find" aria-label="Find heads">
      <div class="ph">
        <h2>Find heads</h2>
        <SearchField app={app} query={query} />
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
      {score && (
        <p class="says-score small muted">
          {app.joined.value && "In cross attention: "}
          {score.definition}
        </p>
      )}
      <FindOwn app={app} actions={actions} />
      {score ? (
        <Rows app={app} score={score} query={query.value} />
      ) : (
        <p class="more">{withoutScores(app)}</p>
      )}
    </section>
  );
}

/** Narrows the list: a layer ("4."), a head ("4.11") or a part of a label; the whole name of a score ranks by it, too. */
function SearchField({ app, query }: { app: AppState; query: Signal<string> }) {
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "ArrowDown" && event.key !== "Enter") return;
    const rows = (event.currentTarget as HTMLElement).closest(".find")!;
    const first = rows.querySelector<HTMLElement>(".frow");
    if (event.key === "Enter") first?.click();
    else first?.focus();
    event.preventDefault();
  };
  return (
    <label class="find-search">
      <input
        type="search"
        aria-label="Search heads"
        placeholder="4.11 or label"
        spellcheck={false}
        value={query.value}
        onInput={(event) => {
          query.value = event.currentTarget.value;
          const named = query.value.trim().toLowerCase();
          const score = app.scores.all.value.find(({ name }) => name.toLowerCase() === named);
          if (score) app.go({ score: score.id });
        }}
        onKeyDown={onKeyDown}
      />
      <kbd>/</kbd>
    </label>
  );
}

/** A run of one token has no scores, and none come where they cannot be computed. */
function withoutScores(app: AppState): string {
  const block = app.scores.block.value;
  const known = block !== null && app.scoresByBlock.value.has(block);
  return known ? "No score tells the heads of this run apart." : "Looking at every head.";
}

function countText(app: AppState, score: ScoreTable): string {
  const ranking = app.scores.ranking.value!;
  return `${ranking.above} of ${ranking.rows.length} above ${formatNumber(score.threshold, 1)}`;
}

function Rows({ app, score, query }: { app: AppState; score: ScoreTable; query: string }) {
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
  const { rows: all, above } = app.scores.ranking.value!;
  const [best] = all;
  const rows = searched(all, query, (row) => labelsOf(app.scores.all.value, row.layer, row.head));
  const tall = app.phone.value ? FINGER_ROW : ROW;
  const first = Math.max(0, Math.floor(top.value / tall) - MARGIN);
  const last = Math.min(rows.length, Math.ceil((top.value + height.value) / tall) + MARGIN);
  const stop = useTabStop(app, rows, first, last);
  const onKeyDown = (event: KeyboardEvent) => {
    const next = stepOf(event.key, stop, rows.length);
    if (next === null || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    goTo(list.current!, next, tall);
  };
  return (
    <>
      {above === 0 && best && (
        <p class="more num">
          No head is above {formatNumber(score.threshold)}. Strongest is {best.layer}.{best.head} with{" "}
          {formatNumber(best.value)}.
        </p>
      )}
      {rows.length === 0 && (
        <p class="more" role="status">
          No head matches. Type a layer (4.), a head (4.11) or a label (induction).
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
        <div class="all" style={{ height: `${rows.length * tall}px` }}>
          {rows.slice(first, last).map((row, i) => (
            <Row
              key={`${row.layer}.${row.head}`}
              app={app}
              score={score}
              row={row}
              place={first + i}
              rank={query === "" ? first + i : all.indexOf(row)}
              tall={tall}
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
function goTo(list: HTMLElement, rank: number, tall: number): void {
  const top = rank * tall;
  list.scrollTop = Math.max(top + tall - list.clientHeight, Math.min(top, list.scrollTop));
  requestAnimationFrame(() => list.querySelector<HTMLElement>(`[data-rank="${rank}"]`)?.focus());
}

interface RowProps {
  readonly app: AppState;
  readonly score: ScoreTable;
  readonly row: RankedHead;
  /** Among those that are listed, and among all. */
  readonly place: number;
  readonly rank: number;
  readonly tall: number;
  /** The one row that Tab leads to. */
  readonly stop: boolean;
  readonly scale: number;
}

function Row({ app, score, row, place, rank, tall, stop, scale }: RowProps) {
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
      style={{ transform: `translateY(${place * tall}px)`, height: `${tall}px` }}
      aria-current={on}
      data-layer={layer}
      data-head={head}
      data-rank={place}
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
