// The runs that were shown last, beside the text: each is shown again where it was left. The list is one tab stop: up and
// down walk through it and show what is kept whole, left and right go between a run and the button that removes it.

import { useRef } from "preact/hooks";
import { ago } from "../../state/ago.ts";
import { type AboutRun, MOST_BYTES, MOST_WHOLE, type RecentRun } from "../../state/recent-runs.ts";
import { Cross } from "../controls/icons.tsx";
import { stepOf } from "../controls/rove.ts";
import type { PartProps } from "../part.ts";

const HELD = `${MOST_WHOLE} runs are kept at hand, up to ${MOST_BYTES / 2 ** 20} MB. Older ones run again when they are chosen, and so do all after a reload; files and pictures of this machine are then gone.`;

/** The inside of the popover of recent runs. */
export function RecentList({ app, actions }: PartProps) {
  const list = app.recent.list.value;
  const current = app.recent.entryOf(app.run.value);
  const walked = useRef(false);
  const rows = useRef<HTMLUListElement>(null);
  if (list.length === 0)
    return <p class="empty muted">No run yet. What is run or opened is listed here, the newest first.</p>;
  const stop = current ?? list[0]!;
  const show = (recent: RecentRun) => {
    app.popover.value = null;
    if (recent.id !== current?.id) void actions.visiting.recall(recent);
  };
  /** Walking through the list is one step of "back", however far it goes. */
  const walkTo = (recent: RecentRun) => {
    if (!recent.run || recent.id === current?.id) return;
    void actions.visiting.recall(recent, walked.current ? "replace" : "push");
    walked.current = true;
  };
  const remove = (recent: RecentRun) => {
    const at = list.indexOf(recent);
    app.recent.remove(recent.id);
    requestAnimationFrame(() => focusIn(rows.current, Math.min(at, list.length - 2), "item"));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const at = rowOf(rows.current!, event.target);
    if (at < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    const across = { ArrowRight: "remove", ArrowLeft: "item" }[event.key] as Part | undefined;
    const next = across ? null : stepOf(event.key, at, list.length);
    if (event.key === "Delete") remove(list[at]!);
    else if (across) focusIn(rows.current, at, across);
    else if (next !== null) {
      focusIn(rows.current, next, "item");
      walkTo(list[next]!);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <>
      <ul ref={rows} aria-label="Recent runs, newest first" onKeyDown={onKeyDown}>
        {list.map((recent) => (
          <Row
            key={recent.id}
            recent={recent}
            on={recent === current}
            stop={recent === stop}
            show={() => show(recent)}
            remove={() => remove(recent)}
          />
        ))}
      </ul>
      <p class="hint small muted">{HELD}</p>
    </>
  );
}

interface RowProps {
  readonly recent: RecentRun;
  /** True for the run that is on screen. */
  readonly on: boolean;
  /** True for the one that Tab leads to. */
  readonly stop: boolean;
  readonly show: () => void;
  readonly remove: () => void;
}

function Row({ recent, on, stop, show, remove }: RowProps) {
  const { about, run, made } = recent;
  const text = about.text || "No text";
  return (
    <li class="kept">
      <button
        type="button"
        class={`item ${on ? "on" : ""}`}
        data-part="item"
        tabIndex={stop ? 0 : -1}
        {...(stop ? { "data-first": true } : {})}
        {...(on ? { "aria-current": "true" as const } : {})}
        aria-keyshortcuts="Delete"
        onClick={show}
      >
        <span class="about">
          <bdi class="text">{text}</bdi>
          <small>{factsOf(about, run !== null).join(", ")}</small>
        </span>
        <time class="num faint small" dateTime={new Date(made).toISOString()}>
          {ago(made, Date.now())}
        </time>
      </button>
      <button
        type="button"
        class="btn ghost small square"
        data-part="remove"
        tabIndex={-1}
        aria-label={`Remove ${text} from the list`}
        title="Remove from the list (Delete)"
        onClick={remove}
      >
        <Cross />
      </button>
    </li>
  );
}

/** What the second line of an entry says. */
export function factsOf({ model, tokens, edits, recorded }: AboutRun, atHand: boolean): string[] {
  const many = (count: number, what: string) => `${count} ${count === 1 ? what : `${what}s`}`;
  return [
    model,
    many(tokens, "token"),
    edits > 0 ? many(edits, "edit") : "",
    recorded ? "recorded" : "",
    atHand ? "" : recorded ? "opens again" : "runs again",
  ].filter(Boolean);
}

type Part = "item" | "remove";

function rowOf(list: HTMLElement, target: EventTarget | null): number {
  return [...list.children].findIndex((row) => row.contains(target as Node));
}

/** Give the focus to a part of a row. The row is the tab stop from then on. */
function focusIn(list: HTMLElement | null, at: number, part: Part): void {
  list?.children[at]?.querySelector<HTMLElement>(`[data-part=${part}]`)?.focus();
}
