// The discrete Fourier transform of real samples of any length: halved while the length is even (Cooley and Tukey
// 1965), then as it is written. A window of 400 samples is 16 transforms of 25.

/** Complex numbers. */
export interface Spectrum {
  readonly real: Float64Array;
  readonly imaginary: Float64Array;
}

/** Sum over t of samples[t] · exp(-2 pi i f t / n) for every f. */
export function fourier(samples: Float64Array): Spectrum {
  return transform(samples, 0, 1, samples.length);
}

/** Of every `stride`-th sample from `from`, `n` in all. */
function transform(samples: Float64Array, from: number, stride: number, n: number): Spectrum {
  if (n % 2) return plain(samples, from, stride, n);
  const half = n / 2;
  const even = transform(samples, from, 2 * stride, half);
  const odd = transform(samples, from + stride, 2 * stride, half);
  const { cosines, sines } = turns(n);
  const real = new Float64Array(n);
  const imaginary = new Float64Array(n);
  for (let f = 0; f < half; f++) {
    const x = odd.real[f]! * cosines[f]! + odd.imaginary[f]! * sines[f]!;
    const y = odd.imaginary[f]! * cosines[f]! - odd.real[f]! * sines[f]!;
    real[f] = even.real[f]! + x;
    imaginary[f] = even.imaginary[f]! + y;
    real[f + half] = even.real[f]! - x;
    imaginary[f + half] = even.imaginary[f]! - y;
  }
  return { real, imaginary };
}

function plain(samples: Float64Array, from: number, stride: number, n: number): Spectrum {
  const { cosines, sines } = turns(n);
  const real = new Float64Array(n);
  const imaginary = new Float64Array(n);
  for (let f = 0; f < n; f++) {
    for (let t = 0; t < n; t++) {
      const sample = samples[from + t * stride]!;
      const at = (f * t) % n;
      real[f]! += sample * cosines[at]!;
      imaginary[f]! -= sample * sines[at]!;
    }
  }
  return { real, imaginary };
}

interface Turns {
  readonly cosines: Float64Array;
  readonly sines: Float64Array;
}

const known = new Map<number, Turns>();

/** Cosines and sines of the n-th parts of a turn. */
function turns(n: number): Turns {
  const found = known.get(n);
  if (found) return found;
  const angles = Float64Array.from({ length: n }, (_, i) => (2 * Math.PI * i) / n);
  const made = { cosines: angles.map(Math.cos), sines: angles.map(Math.sin) };
  known.set(n, made);
  return made;
}
