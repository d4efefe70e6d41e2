// WAV files to samples: whole numbers of 8 to 32 bits and floats of 32 and 64, any number of channels (Microsoft and
// IBM, Multimedia Programming Interface, 1991; WAVE_FORMAT_EXTENSIBLE).

import type { Sound } from "../checkpoint/index.ts";
import { InputError } from "../engine/index.ts";
import { inputBytes } from "./input-bytes.ts";

const PCM = 1;
const FLOAT = 3;
const EXTENSIBLE = 0xfffe;
const MOST_CHANNELS = 64;
/** Three hours at 48,000 a second: more is no sentence. */
const MOST_SAMPLES = 5e8;

/** The sound in a file, whatever its name ends with. */
export async function readSound(path: string, signal: AbortSignal): Promise<Sound> {
  return decodeWav(await inputBytes(path, signal), path);
}

/** The sound that the bytes of a WAV file hold; `name` stands in errors. */
export function decodeWav(bytes: Buffer, name: string): Sound {
  if (bytes.toString("latin1", 0, 4) !== "RIFF" || bytes.toString("latin1", 8, 12) !== "WAVE") {
    throw new InputError(`${name} is no WAV file. Make one of it: ffmpeg -i ${name} sound.wav`);
  }
  const chunks = chunksOf(bytes);
  const format = chunks.get("fmt ");
  const data = chunks.get("data");
  if (!format || format.length < 16 || !data)
    throw new InputError(
      `${name} is a WAV file without ${data ? "a format" : "samples"}; it may be cut off.`,
    );
  return samplesOf(data, formatOf(format, name), name);
}

/** The parts of a RIFF file by name; the last may be shorter than it says, as recorders that were stopped leave it. */
function chunksOf(bytes: Buffer): Map<string, Buffer> {
  const chunks = new Map<string, Buffer>();
  for (let at = 12; at + 8 <= bytes.length; ) {
    const size = bytes.readUInt32LE(at + 4);
    const name = bytes.toString("latin1", at, at + 4);
    if (!chunks.has(name)) chunks.set(name, bytes.subarray(at + 8, at + 8 + size));
    at += 8 + size + (size % 2);
  }
  return chunks;
}

interface Format {
  readonly rate: number;
  readonly channels: number;
  /** Bytes of one sample of one channel. */
  readonly width: number;
  readonly read: (data: Buffer, at: number) => number;
}

function formatOf(format: Buffer, name: string): Format {
  const written = format.readUInt16LE(0);
  const coding = written === EXTENSIBLE && format.length >= 26 ? format.readUInt16LE(24) : written;
  const channels = format.readUInt16LE(2);
  const rate = format.readUInt32LE(4);
  const bits = format.readUInt16LE(14);
  if (channels < 1 || channels > MOST_CHANNELS || rate < 1)
    throw new InputError(`${name} says that it has ${channels} channels at ${rate} samples a second.`);
  const read = READERS[`${coding}:${bits}`];
  if (read) return { rate, channels, width: bits / 8, read };
  throw new InputError(
    `${name} holds ${bits}-bit samples in coding ${coding}; headscope reads whole numbers of 8, 16, 24 and 32 bits ` +
      `and floats of 32 and 64. Convert it: ffmpeg -i ${name} -c:a pcm_s16le sound.wav`,
  );
}

const READERS: Readonly<Record<string, Format["read"]>> = {
  [`${PCM}:8`]: (data, at) => (data.readUInt8(at) - 128) / 2 ** 7,
  [`${PCM}:16`]: (data, at) => data.readInt16LE(at) / 2 ** 15,
  [`${PCM}:24`]: (data, at) => data.readIntLE(at, 3) / 2 ** 23,
  [`${PCM}:32`]: (data, at) => data.readInt32LE(at) / 2 ** 31,
  [`${FLOAT}:32`]: (data, at) => data.readFloatLE(at),
  [`${FLOAT}:64`]: (data, at) => data.readDoubleLE(at),
};

function samplesOf(data: Buffer, { rate, channels, width, read }: Format, name: string): Sound {
  const count = Math.floor(data.length / (width * channels));
  if (count === 0) throw new InputError(`${name} holds no samples.`);
  if (count > MOST_SAMPLES)
    throw new InputError(`${name} holds ${count} samples; cut out what is to be looked at.`);
  const sides = Array.from({ length: channels }, (_, channel) =>
    Float32Array.from({ length: count }, (_, i) => read(data, (i * channels + channel) * width)),
  );
  if (sides.every((side) => side.every(Number.isFinite))) return { rate, channels: sides };
  throw new InputError(`${name} holds samples that are no finite numbers; save it again as 16-bit samples.`);
}
