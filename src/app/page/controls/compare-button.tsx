// Holds the run against the same text without edits, or against another text.

import type { PartProps } from "../part.ts";

/** Beside the run: the same text without edits, or another one. */
export function CompareButton({ app, actions }: PartProps) {
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
