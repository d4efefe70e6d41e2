// The legend of attention in ink, the same in map and matrix: 0, the ramp, 1 with its unit.

import { elementFor } from "./dom.ts";
import { ATTENTION_RAMP, type ThemeName } from "./theme.ts";

/** Elements of the legend; the ramp has the class `hs-ramp`. */
export function rampLegend(near: Element, theme: ThemeName, unit: string): HTMLElement[] {
  const ramp = elementFor(near, "i", "hs-ramp");
  ramp.style.background = `linear-gradient(90deg,${ATTENTION_RAMP[theme].join(",")})`;
  return [elementFor(near, "span", "", "0"), ramp, elementFor(near, "span", "", `1 ${unit}`)];
}
