// The words of the neuron view: what the score column holds, which heads share keys, what a neuron is called.

import type { NeuronGroup } from "../../analysis/index.ts";
import type { Block, Recipe } from "../../trace/index.ts";
import { formatNumber } from "../look/palette.ts";

/** Title of the score column: "q·k / √64", or the model's own factor where it is another one. */
export function scaleTitle({ scale }: Recipe, headSize: number): string {
  if (near(scale, headSize ** -0.5)) return `q·k / √${headSize}`;
  if (near(scale, 1)) return "q·k";
  if (near(1 / scale, Math.round(1 / scale))) return `q·k / ${Math.round(1 / scale)}`;
  const root = scale ** -2;
  if (near(root, Math.round(root)) && root > 1) return `q·k / √${Math.round(root)}`;
  return `q·k × ${formatNumber(scale, scale < 0.1 ? 4 : 3)}`;
}

function near(a: number, b: number): boolean {
  return Math.abs(a - b) <= 1e-5 * Math.abs(b);
}

/** What else changes the scores, in order: "capped at 50, + bias"; "" where nothing does. */
export function scoreNote({ softcap, bias }: Recipe): string {
  const parts = [
    softcap === null ? "" : `capped at ${formatNumber(softcap, Number.isInteger(softcap) ? 0 : 1)}`,
    biasName(bias),
  ];
  return parts.filter((part) => part !== "").join(", ");
}

function biasName(bias: Recipe["bias"]): string {
  if (bias === null) return "";
  if (bias === "tensor" || "t5" in bias) return "+ bias";
  return "alibi" in bias ? "+ ALiBi bias" : `+ ${bias.tensor}`;
}

/** "keys shared by heads 4, 5", or "" where every head has keys of its own. */
export function sharedKeys({ heads, kvHeads }: Pick<Block, "heads" | "kvHeads">, head: number): string {
  const group = heads / kvHeads;
  if (group <= 1) return "";
  const first = Math.floor(head / group) * group;
  if (group > 4) return `keys shared by heads ${first} to ${first + group - 1}`;
  return `keys shared by heads ${Array.from({ length: group }, (_, i) => first + i).join(", ")}`;
}

/** "q9", or "pair 3" for the two halves of a rotary pair; `place` is the group's place in showing order. */
export function groupName({ dims }: Pick<NeuronGroup, "dims">, place: number): string {
  return dims.length > 1 ? `pair ${place}` : `q${dims[0]}`;
}

/** "51%", "−19%". */
export function percent(share: number): string {
  const value = Math.round(share * 100);
  return `${value < 0 ? "−" : ""}${Math.abs(value)}%`;
}

/** The number inside a wide cell: two digits below 1, one decimal above. */
export function cellNumber(value: number): string {
  return Math.abs(value) < 0.995 ? formatNumber(value) : formatNumber(value, 1);
}
