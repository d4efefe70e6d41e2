// The boundary between two panels: dragged, moved by arrow keys, put back by a double click or Enter.
// https://www.w3.org/WAI/ARIA/apg/patterns/windowsplitter/

import { useRef } from "preact/hooks";
import type { Span } from "../../state/layout.ts";

interface DividerProps {
  /** What it changes: "Width of the map". */
  readonly label: string;
  /** x: it stands upright, and what is left of it grows to the right; y: it lies, and what is below it grows upwards. */
  readonly axis: "x" | "y";
  readonly span: Span;
  /** Another size; null for the layout's own. */
  readonly set: (size: number | null) => void;
}

/** px of an arrow key, and with Shift. */
const [STEP, LEAP] = [16, 64];

/** A line to take hold of. */
export function Divider({ label, axis, span, set }: DividerProps) {
  const { least, most, size } = span;
  const held = useRef<{ readonly at: number; readonly size: number } | null>(null);
  const along = (event: PointerEvent) => (axis === "x" ? event.clientX : -event.clientY);
  const to = (wanted: number) => set(Math.round(Math.max(least, Math.min(most, wanted))));
  const release = () => {
    held.current = null;
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const before = held.current;
    const step = event.shiftKey ? LEAP : STEP;
    if (event.key === "Escape" && before) {
      to(before.size);
      release();
    } else if (event.key === (axis === "x" ? "ArrowRight" : "ArrowUp")) to(size + step);
    else if (event.key === (axis === "x" ? "ArrowLeft" : "ArrowDown")) to(size - step);
    else if (event.key === "Home") to(least);
    else if (event.key === "End") to(most);
    else if (event.key === "Enter") set(null);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a separator that moves is no <hr>.
    <div
      class={`divider ${axis}`}
      role="separator"
      tabIndex={0}
      aria-label={label}
      aria-orientation={axis === "x" ? "vertical" : "horizontal"}
      aria-valuenow={size}
      aria-valuemin={least}
      aria-valuemax={most}
      aria-valuetext={`${size} pixels`}
      title={`${label}: drag, or press arrow keys. A double click puts it back.`}
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        held.current = { at: along(event), size };
      }}
      onPointerMove={(event) => {
        const before = held.current;
        if (before && along(event) !== before.at) to(before.size + along(event) - before.at);
      }}
      onPointerUp={release}
      onLostPointerCapture={release}
      onDblClick={() => set(null)}
      onKeyDown={onKeyDown}
    />
  );
}
