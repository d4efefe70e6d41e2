// Sound at another rate: the samples' band-limited curve read at other places, through a sinc with Hann's window
// (Smith, Digital Audio Resampling), with the settings of torchaudio's resample, which Transformers' speech pipeline
// uses: six zero crossings, and frequencies kept up to 0.99 of what the lower rate holds.

const CROSSINGS = 6;
const ROLLOFF = 0.99;

/** `samples` at `from` a second as they are at `to` a second; both whole numbers. */
export function resample(samples: Float32Array, from: number, to: number): Float32Array {
  if (from === to) return samples;
  const band = bandOf(from, to);
  const reach = (CROSSINGS * from) / band;
  const count = Math.ceil((samples.length * to) / from);
  return Float32Array.from({ length: count }, (_, i) => {
    const middle = (i * from) / to;
    const last = Math.min(samples.length - 1, Math.floor(middle + reach));
    let sum = 0;
    for (let at = Math.max(0, Math.ceil(middle - reach)); at <= last; at++)
      sum += samples[at]! * windowed(((at - middle) * band) / from);
    return (sum * band) / from;
  });
}

/** Zero crossings a second. */
function bandOf(from: number, to: number): number {
  return Math.min(from, to) * ROLLOFF;
}

/** How many samples at `from` a second the first `count` at `to` a second are made of. */
export function samplesFor(count: number, from: number, to: number): number {
  return Math.ceil((count * from) / to + (CROSSINGS * from) / bandOf(from, to)) + 1;
}

/** The sinc at `t` zero crossings from its middle, under the window. */
function windowed(t: number): number {
  if (Math.abs(t) >= CROSSINGS) return 0;
  const sinc = t === 0 ? 1 : Math.sin(Math.PI * t) / (Math.PI * t);
  return sinc * Math.cos((Math.PI * t) / (2 * CROSSINGS)) ** 2;
}
