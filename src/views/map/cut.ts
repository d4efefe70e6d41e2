// Which layers and heads a map shows: all of them, or those that it is cut to. They keep their own numbers.

/** Layers and heads of a map, each ascending. */
export interface MapCut {
  readonly layers: readonly number[];
  readonly heads: readonly number[];
}

/** Every layer and head. */
export function wholeMap(layers: number, heads: number): MapCut {
  return { layers: numbersTo(layers), heads: numbersTo(heads) };
}

/** The part of a cut that a block has; everything where there is no cut, or none of it is here. */
export function cutWithin(cut: MapCut | null | undefined, layers: number, heads: number): MapCut {
  const whole = wholeMap(layers, heads);
  if (!cut) return whole;
  const within = (wanted: readonly number[], all: readonly number[]): readonly number[] => {
    const here = all.filter((n) => wanted.includes(n));
    return here.length > 0 ? here : all;
  };
  return { layers: within(cut.layers, whole.layers), heads: within(cut.heads, whole.heads) };
}

function numbersTo(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}

/** "Only layers 0 to 3 and heads 0, 2 are drawn, of 12 layers with 12 heads."; "" where nothing is cut. */
export function cutNote({ layers, heads }: MapCut, allLayers: number, allHeads: number): string {
  const parts = [
    layers.length < allLayers ? named("layer", layers) : "",
    heads.length < allHeads ? named("head", heads) : "",
  ].filter((part) => part !== "");
  if (parts.length === 0) return "";
  const one = parts.length === 1 && Math.min(layers.length, heads.length) === 1;
  return `Only ${parts.join(" and ")} ${one ? "is" : "are"} drawn, of ${allLayers} layers with ${allHeads} heads.`;
}

function named(what: string, numbers: readonly number[]): string {
  return `${what}${numbers.length > 1 ? "s" : ""} ${inRuns(numbers)}`;
}

/** "0 to 3, 7, 9" */
function inRuns(numbers: readonly number[]): string {
  const runs: [first: number, last: number][] = [];
  for (const n of numbers) {
    const run = runs.at(-1);
    if (run && run[1] === n - 1) run[1] = n;
    else runs.push([n, n]);
  }
  return runs
    .map(([first, last]) => {
      if (first === last) return String(first);
      return last === first + 1 ? `${first}, ${last}` : `${first} to ${last}`;
    })
    .join(", ");
}
