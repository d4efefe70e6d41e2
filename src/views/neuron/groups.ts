// Where neuron groups stand in a block: single neurons and rotary pairs side by side, in showing order.

import type { NeuronGroup } from "../../analysis/index.ts";

/** Visit groups with their left edge and width in a block. */
export function eachGroup(
  groups: readonly NeuronGroup[],
  cell: number,
  visit: (group: NeuronGroup, x: number, width: number, place: number) => void,
): void {
  let x = 0;
  for (const [place, group] of groups.entries()) {
    const width = group.dims.length * cell;
    visit(group, x, width, place);
    x += width;
  }
}
