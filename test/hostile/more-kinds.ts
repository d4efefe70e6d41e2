// Five more kinds of file from strangers: SentencePiece's models, sound and its recipes, NumPy's arrays, a hub's listing.

import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { zipSync } from "fflate";
import { hubSource, loadTokenizer, memorySource } from "../../src/checkpoint/index.ts";
import { soundRecipe, spectrogram } from "../../src/checkpoint/sound.ts";
import { decodeWav } from "../../src/cli/sound-file.ts";
import { readFound, traceOf } from "../../src/imports/index.ts";
import type { Kind } from "./kinds.ts";
import { damaged, pick, type Random, strange } from "./mutate.ts";

const encode = (value: unknown) => new TextEncoder().encode(JSON.stringify(value) ?? "");

/** Pieces, the kind of model and a normaliser, as sentencepiece_model.proto numbers them. */
function spmFile(): Uint8Array {
  const out = new BinaryWriter();
  for (const [at, piece] of ["<pad>", "</s>", "<unk>", "\u2581", "a", "b", "\u2581a", "cat", "s"].entries()) {
    out.tag(1, WireType.LengthDelimited).fork();
    out.tag(1, WireType.LengthDelimited).string(piece);
    out.tag(2, WireType.Bit32).float(-at);
    out.tag(3, WireType.Varint).int32(at < 2 ? 3 : at === 2 ? 2 : 1);
    out.join();
  }
  out.tag(2, WireType.LengthDelimited).fork().tag(3, WireType.Varint).int32(1).join();
  out.tag(3, WireType.LengthDelimited).fork().tag(3, WireType.Varint).bool(true).join();
  return out.finish();
}

/** 200 samples of 16 bits in one channel. */
function wavFile(): Buffer {
  const file = Buffer.alloc(44 + 400);
  file.write("RIFF\0\0\0\0WAVEfmt ", "latin1");
  file.writeUInt32LE(16, 16);
  for (const [at, value] of [1, 1].entries()) file.writeUInt16LE(value, 20 + 2 * at);
  file.writeUInt32LE(16_000, 24);
  file.writeUInt16LE(2, 32);
  file.writeUInt16LE(16, 34);
  file.write("data", 36, "latin1");
  file.writeUInt32LE(400, 40);
  for (let i = 0; i < 200; i++) file.writeInt16LE(((i * 7919) % 20_000) - 10_000, 44 + 2 * i);
  return file;
}

/** One layer of two heads over three words, even rows. */
function npyFile(): Uint8Array {
  const header = "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2, 3, 3), }".padEnd(117);
  const out = Buffer.alloc(128 + 72);
  out.write(`\u0093NUMPY\u0001\0v\0${header}\n`, "latin1");
  for (let i = 0; i < 18; i++) out.writeFloatLE(1 / 3, 128 + 4 * i);
  return new Uint8Array(out);
}

const SPM = spmFile();
/** Not the Buffer itself, whose slices share its memory: each case begins with a whole file. */
const WAV = new Uint8Array(wavFile());
const NPY = npyFile();
const SHORT = { feature_size: 8, chunk_length: 0.05, sampling_rate: 16_000, n_fft: 400, hop_length: 160 };
const LISTING = {
  sha: "0123456789abcdef0123456789abcdef01234567",
  siblings: [
    { rfilename: "config.json", size: 2, blobId: "9e26dfeeb6e641a33dae4961196235bdb965b21b" },
    { rfilename: "model.safetensors", size: 9, lfs: { size: 9, sha256: "0".repeat(64) } },
  ],
};

function checkNumbers(data: Float32Array): void {
  const bad = data.find((x) => !Number.isFinite(x));
  if (bad !== undefined) throw new Error(`A spectrogram was made that holds ${bad}.`);
}

/** A hub that answers with a listing of a stranger's making, and with two bytes for any file. */
function hubOf(listing: Uint8Array): typeof fetch {
  return (async (url: URL) =>
    url.pathname.startsWith("/api/")
      ? new Response(listing as BodyInit)
      : new Response("{}", { status: 206, headers: { "content-range": "bytes 0-1/2" } })) as typeof fetch;
}

async function listed(random: Random): Promise<void> {
  const listing = random() < 0.5 ? encode(strange(random, LISTING)) : damaged(random, encode(LISTING));
  const source = hubSource("org/name", { fetch: hubOf(listing), endpoint: "http://hub.test" });
  for (const { path } of await source.list())
    if (/^\/|(^|\/)\.\.(\/|$)/.test(path)) throw new Error(`The path ${path} leaves the checkpoint.`);
  await source.read("config.json", 0, 2);
}

export const MORE_KINDS: Readonly<Record<string, Kind>> = {
  sentencepiece: async (random) => {
    const source = memorySource("m", { "spiece.model": damaged(random, SPM) });
    const tokenizer = await loadTokenizer(source, { model_type: "t5" });
    tokenizer?.decode(tokenizer.encode("a cat\n <s>").map(({ id }) => id));
  },
  wav: async (random) => {
    const bytes = Buffer.from(damaged(random, WAV, random() < 0.7 ? 44 : WAV.length));
    checkNumbers(spectrogram(decodeWav(bytes, "a.wav"), soundRecipe(SHORT)).data as Float32Array);
  },
  sound: async (random) => {
    const recipe = strange(random, { ...SHORT, padding_value: 0 });
    const sound = decodeWav(Buffer.from(WAV), "a.wav");
    checkNumbers(spectrogram(sound, soundRecipe(Object(recipe))).data as Float32Array);
  },
  numpy: async (random) => {
    const npy = damaged(random, NPY, random() < 0.7 ? 128 : NPY.length);
    const name = pick(random, [
      "attention",
      "step_0_layer_0",
      "step_4294967294_layer_0",
      "attention_99999999",
    ]);
    const file = random() < 0.5 ? npy : damaged(random, zipSync({ [`${name}.npy`]: npy }));
    traceOf(readFound("a", file), { words: { text: ["a", "b", "c"] } });
  },
  listing: listed,
};
