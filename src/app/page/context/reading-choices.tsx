// The inside of the menu of how attention is read and drawn: of words, averaged, times values; from which weight on there
// are lines; colours.

import { INK_SCALES, type InkScale } from "../../../views/look/ink.ts";
import { formatNumber } from "../../../views/look/palette.ts";
import {
  READING_LABELS,
  READINGS,
  type Read,
  type ReadingName,
  whyNot,
} from "../../../views/read/reading.ts";
import type { AppState } from "../../state/state.ts";
import { Segments } from "../controls/segments.tsx";

type Of = { readonly app: AppState };

const COLOR_NAMES: Readonly<Record<InkScale, string>> = {
  root: "Root",
  linear: "Linear",
  log: "Log",
  rank: "Rank",
};

interface ReadingChoicesProps extends Of {
  readonly shown: ReadingName;
  readonly readable: Read;
}

/** Readings with the reason why one cannot be had, and how they are drawn. */
export function ReadingChoices({ app, shown, readable }: ReadingChoicesProps) {
  return (
    <>
      {READINGS.map((name) => (
        <Choice key={name} app={app} name={name} on={name === shown} why={whyNot(name, readable)} />
      ))}
      <hr />
      <Least app={app} />
      <TableSwitch app={app} />
      <h2>Colours of the matrix</h2>
      <div class="row">
        <Segments
          label="Colours of the matrix"
          choices={INK_SCALES.map((scale) => [scale, COLOR_NAMES[scale]] as const)}
          value={app.place.value.colors}
          pick={(colors) => app.go({ colors }, "replace")}
        />
      </div>
    </>
  );
}

function Choice({ app, name, on, why }: Of & { name: ReadingName; on: boolean; why: string | null }) {
  return (
    <button
      type="button"
      class={`item ${on ? "on" : ""}`}
      aria-pressed={on}
      disabled={why !== null}
      {...(on ? { "data-first": true } : {})}
      onClick={() => {
        app.popover.value = null;
        app.go({ read: name });
      }}
    >
      <span>
        {READING_LABELS[name]}
        {why !== null && <small>{why}</small>}
      </span>
    </button>
  );
}

/** Numbers in place of pictures. */
function TableSwitch({ app }: Of) {
  const on = app.table.value;
  return (
    <button
      type="button"
      role="switch"
      class="opt"
      aria-checked={on}
      onClick={() => {
        app.table.value = !on;
      }}
    >
      <i class={`switch ${on ? "on" : ""}`} />
      Tables of numbers <kbd>T</kbd>
    </button>
  );
}

/** From which weight on there are lines. */
function Least({ app }: Of) {
  const { least } = app.place.value;
  return (
    <label class="opt" title="Weaker weights are not drawn as lines. Changes no number.">
      Lines from
      <input
        type="range"
        class="range"
        min={0}
        max={50}
        step={1}
        value={least}
        style={{ "--v": `${least * 2}%` }}
        onInput={(event) => app.slide({ least: Number(event.currentTarget.value) })}
        onChange={() => app.steps.release(app.place.value)}
      />
      <span class="num percent">{least === 0 ? "0" : formatNumber(least / 100)}</span>
    </label>
  );
}
