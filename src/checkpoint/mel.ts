// Bands of the mel scale as Slaney's Auditory Toolbox (1998) lays them: evenly spaced below 1000 Hz, by the logarithm
// above, each a triangle between the middles of its neighbours with an area of 1.

/** The part of the frequencies that a band sums up. */
export interface Band {
  readonly first: number;
  readonly weights: Float64Array;
}

/** Highest frequency of the last band, in Hz. */
const HIGHEST = 8000;
const LINEAR = 200 / 3;
const KNEE = 1000;
const KNEE_MEL = KNEE / LINEAR;
const STEP = Math.log(6.4) / 27;

/** `count` bands over the frequencies 0 to rate / 2 of a window of `window` samples. */
export function melBands(count: number, window: number, rate: number): Band[] {
  const top = toMel(HIGHEST);
  const edges = Array.from({ length: count + 2 }, (_, i) => toHertz((top * i) / (count + 1)));
  const size = window / 2 + 1;
  const step = Math.floor(rate / 2) / (size - 1);
  return Array.from({ length: count }, (_, i) => band(edges.slice(i, i + 3) as Edges, size, step));
}

type Edges = [low: number, middle: number, high: number];

function band([low, middle, high]: Edges, size: number, step: number): Band {
  const all = Float64Array.from({ length: size }, (_, i) => {
    const rising = (i * step - low) / (middle - low);
    const falling = (high - i * step) / (high - middle);
    return (Math.max(0, Math.min(rising, falling)) * 2) / (high - low);
  });
  const first = Math.max(
    0,
    all.findIndex((weight) => weight > 0),
  );
  const last = all.findLastIndex((weight) => weight > 0);
  return { first, weights: all.slice(first, last + 1) };
}

function toMel(hertz: number): number {
  return hertz < KNEE ? hertz / LINEAR : KNEE_MEL + Math.log(hertz / KNEE) / STEP;
}

function toHertz(mel: number): number {
  return mel < KNEE_MEL ? mel * LINEAR : KNEE * Math.exp(STEP * (mel - KNEE_MEL));
}
