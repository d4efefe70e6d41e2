// Spectrograms against Transformers' WhisperFeatureExtractor, and other rates against torchaudio's resample. The
// fixtures are made by scripts/make-sound-fixtures.py.

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { resample } from "./resample.ts";
import { soundRecipe, spectrogram } from "./sound.ts";

interface Case {
  readonly samples: number;
  readonly values: readonly number[];
}

function fixture<T>(name: string): readonly (Case & T)[] {
  const url = new URL(`../../test/fixtures/sound/${name}.json`, import.meta.url);
  return (JSON.parse(readFileSync(url, "utf8")) as { cases: (Case & T)[] }).cases;
}

/** Something like noise from -1 to 1. */
const noise = (i: number) => ((i * 7919) % 1013) / 506.5 - 1;

function largestGap(found: Float32Array, expected: readonly number[]): number {
  expect(found.length).toBe(expected.length);
  return expected.reduce((most, value, i) => Math.max(most, Math.abs(value - found[i]!)), 0);
}

describe("the spectrogram", () => {
  it.each(fixture<{ name: string; config: Record<string, number>; shape: number[] }>("spectrograms"))(
    "$name equals Transformers",
    ({ config, samples, shape, values }) => {
      const rate = config.sampling_rate ?? 16000;
      const wave = Float32Array.from({ length: samples }, (_, i) => {
        const t = i / rate;
        const tones =
          0.4 * Math.sin(2 * Math.PI * 440 * t) + 0.2 * Math.sin(2 * Math.PI * 3000 * t * (1 + t));
        return tones + 0.05 * noise(i);
      });
      const found = spectrogram({ rate, channels: [wave] }, soundRecipe(config));
      expect(found.shape).toEqual(shape);
      // Transformers computes in float32: its own two ways differ by 1e-5.
      expect(largestGap(found.data as Float32Array, values)).toBeLessThan(1e-4);
    },
  );

  const recipe = soundRecipe({ feature_size: 8, chunk_length: 0.05 });

  it("is that of the mean of all channels", () => {
    const wave = Float32Array.from({ length: 800 }, (_, i) => noise(i));
    const twice = wave.map((x, i) => 2 * x - noise(i + 5));
    const other = wave.map((_, i) => noise(i + 5));
    const stereo = spectrogram({ rate: 16000, channels: [twice, other] }, recipe);
    const mono = spectrogram({ rate: 16000, channels: [wave] }, recipe);
    expect(largestGap(stereo.data as Float32Array, Array.from(mono.data))).toBeLessThan(1e-4);
  });

  it("of nothing is refused", () => {
    expect(() => spectrogram({ rate: 16000, channels: [new Float32Array(0)] }, recipe)).toThrow(
      "The sound has no samples.",
    );
  });
});

it("of sound at one sample a second takes no more of it than the model reads", () => {
  const slow = { rate: 1, channels: [Float32Array.from({ length: 1e6 }, (_, i) => noise(i))] };
  const recipe = soundRecipe({ feature_size: 8, chunk_length: 2, sampling_rate: 1000, n_fft: 400 });
  expect(spectrogram(slow, recipe)).toEqual(
    spectrogram({ rate: 1, channels: [slow.channels[0]!.slice(0, 50)] }, recipe),
  );
});

it.each(fixture<{ from: number; to: number }>("resampled"))("$from to $to a second", (c) => {
  const wave = Float32Array.from({ length: c.samples }, (_, i) => {
    const t = i / c.from;
    return 0.4 * Math.sin(2 * Math.PI * 440 * t) + 0.3 * Math.cos(2 * Math.PI * 3100 * t) + 0.2 * noise(i);
  });
  expect(largestGap(resample(wave, c.from, c.to), c.values)).toBeLessThan(2e-6);
});

it.each([
  [{ dither: 0.1 }, "sets dither to 0.1: headscope does not know this step"],
  [{ n_fft: 401 }, "sets n_fft to 401: expected an even number"],
  [{ feature_size: "many" }, 'sets feature_size to "many": expected a number'],
  [{ hop_length: 401 }, "sets hop_length to 401: expected a whole number from 1 to 400"],
  [{ hop_length: 1 }, "sets hop_length to 1: it makes 480000 windows of 400 samples in 80 bands, far more"],
  [{ feature_size: 1024, chunk_length: 600 }, "it makes 60000 windows of 400 samples in 1024 bands"],
  [{ n_fft: 8190, hop_length: 800 }, "it makes 600 windows of 8190 samples"],
  [{ sampling_rate: 1e7, chunk_length: 1 }, "sets sampling_rate to 10000000: expected a whole number"],
  [{ padding_value: 1e300 }, "sets padding_value to 1e+300: expected a number from -1000 to 1000"],
  [{ chunk_length: 1e6 }, "sets chunk_length to 1000000: expected"],
  [{ do_normalize: true }, "sets do_normalize to true: headscope does not know this step"],
])("a recipe that cannot be followed is refused: %o", (config, message) => {
  expect(() => soundRecipe(config)).toThrow(message);
});
