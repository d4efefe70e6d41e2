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
