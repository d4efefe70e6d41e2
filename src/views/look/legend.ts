// The legend of attention, the same in map, matrix and figures: the lowest end, the ramp, the highest with its unit.

import type { Attention } from "../../trace/index.ts";
import { elementFor } from "./dom.ts";
import { FULL_DIFFERENCE } from "./ink.ts";
import { formatNumber } from "./palette.ts";
import { ATTENTION_RAMP, SIGN_RAMPS, type ThemeName } from "./theme.ts";

/** What a legend says at its ends, and the colours between them. */
export interface RampEnds {
  readonly low: string;
  readonly high: string;
  readonly stops: readonly string[];
}

/** The ends of the ramp of what an attention holds. */
export function rampEnds(kind: Attention["scale"], theme: ThemeName): RampEnds {
  if (kind === "weight") return { low: "0", high: "1", stops: ATTENTION_RAMP[theme] };
  const { neg, pos } = SIGN_RAMPS[theme];
  return {
    low: formatNumber(-FULL_DIFFERENCE),
    high: formatNumber(FULL_DIFFERENCE),
    stops: [...[...neg].reverse(), ...pos.slice(1)],
  };
}

/** Elements of the legend; the ramp has the class `hs-ramp`, `note` says how weights become colours. */
export function rampLegend(
  near: Element,
  theme: ThemeName,
  { unit, scale }: Pick<Attention, "unit" | "scale">,
  note = "",
): HTMLElement[] {
  const { low, high, stops } = rampEnds(scale, theme);
  const ramp = elementFor(near, "i", "hs-ramp");
  ramp.style.background = `linear-gradient(90deg,${stops.join(",")})`;
  return [
    elementFor(near, "span", "", low),
    ramp,
    elementFor(near, "span", "unit", [`${high} ${unit}`, ...(note ? [note] : [])].join(", ")),
  ];
}
