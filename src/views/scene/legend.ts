// The legend of a colour ramp as marks: its ends, the ramp, the unit.

import type { Attention } from "../../trace/index.ts";
import { rampEnds } from "../look/legend.ts";
import { rampColor } from "../look/palette.ts";
import { COLORS, type ThemeName } from "../look/theme.ts";
import type { Measure } from "./measure.ts";
import { type Mark, pixelOf, type TextItem } from "./scene.ts";

/** What a legend says. */
export interface LegendRequest {
  readonly attention: Pick<Attention, "unit" | "scale">;
  readonly theme: ThemeName;
  readonly measure: Measure;
  /** What follows the unit, where there is room for it. */
  readonly more?: string;
  /** How weights become colours, where that has to be said. */
  readonly note?: string;
  /** Where the picture ends. */
  readonly right: number;
}

/** Width, height and colours of the ramp. */
const RAMP = { width: 80, height: 6, steps: 40 } as const;
const GAP = 8;
const SIZE = 11;

/** A legend from x on, with its middle at y. */
export function legendMarks(
  { attention, theme, measure, more = "", note = "", right }: LegendRequest,
  x: number,
  y: number,
): Mark[] {
  const color = COLORS[theme]["text-3"];
  const { low, high, stops } = rampEnds(attention.scale, theme);
  const start = x + measure(low, SIZE) + GAP;
  const after = start + RAMP.width + GAP;
  const unit = [`${high} ${attention.unit}`, ...(note === "" ? [] : [note])].join(", ");
  const whole = more === "" ? unit : `${unit}   ${more}`;
  const tail = after + measure(whole, SIZE) <= right ? whole : unit;
  const items: TextItem[] = [
    { text: low, x, y, size: SIZE, color },
    { text: tail, x: after, y, size: SIZE, color, ...(tail === whole ? {} : { width: right - after }) },
  ];
  const pixels = Uint32Array.from({ length: RAMP.steps }, (_, i) =>
    pixelOf(rampColor(stops, i / (RAMP.steps - 1))),
  );
  const box = { x: start, y: y - RAMP.height / 2, width: RAMP.width, height: RAMP.height };
  return [
    { kind: "rasters", items: [{ ...box, rows: 1, columns: RAMP.steps, pixels }] },
    { kind: "texts", items },
  ];
}
