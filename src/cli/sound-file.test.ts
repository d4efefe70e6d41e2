// WAV files of every coding against the numbers that were put in, and files that are none.

import { describe, expect, it } from "vitest";
import { decodeWav } from "./sound-file.ts";

const VALUES = [0, 0.5, -0.5, -1, 0.25, 0.75];

type Write = (data: Buffer, value: number, at: number) => void;

/** How a value from -1 to 1 is written. */
const CODINGS: Readonly<Record<string, { coding: number; bits: number; write: Write }>> = {
  "8 bits": { coding: 1, bits: 8, write: (data, value, at) => data.writeUInt8(value * 128 + 128, at) },
  "16 bits": { coding: 1, bits: 16, write: (data, value, at) => data.writeInt16LE(value * 32768, at) },
  "24 bits": { coding: 1, bits: 24, write: (data, value, at) => data.writeIntLE(value * 8388608, at, 3) },
  "32 bits": { coding: 1, bits: 32, write: (data, value, at) => data.writeInt32LE(value * 2147483648, at) },
  floats: { coding: 3, bits: 32, write: (data, value, at) => data.writeFloatLE(value, at) },
  doubles: { coding: 3, bits: 64, write: (data, value, at) => data.writeDoubleLE(value, at) },
};

function chunk(name: string, body: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.write(name, "latin1");
  head.writeUInt32LE(body.length, 4);
  return Buffer.concat([head, body, Buffer.alloc(body.length % 2)]);
}

function format(coding: number, channels: number, bits: number, extensible = false): Buffer {
  const body = Buffer.alloc(extensible ? 40 : 16);
  body.writeUInt16LE(extensible ? 0xfffe : coding, 0);
  body.writeUInt16LE(channels, 2);
  body.writeUInt32LE(22050, 4);
  body.writeUInt16LE((channels * bits) / 8, 12);
  body.writeUInt16LE(bits, 14);
  if (extensible) body.writeUInt16LE(coding, 24);
  return chunk("fmt ", body);
}

function samples({ bits, write }: { bits: number; write: Write }, values: readonly number[]): Buffer {
  const body = Buffer.alloc((values.length * bits) / 8);
  for (const [i, value] of values.entries()) write(body, value, (i * bits) / 8);
  return chunk("data", body);
}

function riff(...chunks: Buffer[]): Buffer {
  return chunk("RIFF", Buffer.concat([Buffer.from("WAVE", "latin1"), ...chunks]));
}

describe("a WAV file", () => {
  it.each(Object.entries(CODINGS))("of %s holds what was put in", (_, coding) => {
    for (const extensible of [false, true]) {
      const file = riff(format(coding.coding, 1, coding.bits, extensible), samples(coding, VALUES));
      const { rate, channels } = decodeWav(file, "a.wav");
      expect({ rate, channels: channels.map((c) => Array.from(c)) }).toEqual({
        rate: 22050,
        channels: [VALUES],
      });
    }
  });

  it("of two channels gives both, whatever else it holds", () => {
    const coding = CODINGS["16 bits"]!;
    const note = chunk("LIST", Buffer.from("odd", "latin1"));
    const file = riff(note, format(1, 2, 16), note, samples(coding, VALUES));
    expect(decodeWav(file, "a.wav").channels.map((c) => Array.from(c))).toEqual([
      [0, -0.5, 0.25],
      [0.5, -1, 0.75],
    ]);
  });

  it("that was cut off gives the samples that are there", () => {
    const file = riff(format(1, 1, 16), samples(CODINGS["16 bits"]!, VALUES)).subarray(0, -3);
    expect(decodeWav(file, "a.wav").channels[0]).toHaveLength(4);
  });

  const floats = CODINGS.floats!;
  it.each([
    [Buffer.from("ID3 some mp3 bytes"), "a.wav is no WAV file. Make one of it: ffmpeg -i a.wav sound.wav"],
    [Buffer.alloc(0), "is no WAV file"],
    [riff(format(1, 1, 16)), "without samples"],
    [riff(chunk("fmt ", Buffer.alloc(4)), samples(floats, VALUES)), "without a format"],
    [riff(format(7, 1, 8), samples(floats, VALUES)), "holds 8-bit samples in coding 7"],
    [riff(format(1, 0, 16), samples(floats, VALUES)), "0 channels at 22050"],
    [riff(format(1, 1, 16), samples(floats, [])), "holds no samples"],
    [riff(format(3, 1, 32), samples(floats, [0, Number.NaN])), "no finite numbers"],
  ])("that cannot be read is refused: %#", (file, message) => {
    expect(() => decodeWav(file, "a.wav")).toThrow(message);
  });
});
