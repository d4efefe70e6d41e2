// Recorded attention of real models, from the JSON that BertViz's notebooks saved, as trace files for the gallery.
// Usage: node scripts/import-recorded.mjs FOLDER, where FOLDER holds the .json.gz files named below.
// Weights become 16-bit codes of their square roots (largest error 1.5e-5), q and k half floats.

import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { runnerImport } from "vite";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const OUT = join(ROOT, "gallery", "traces");
const { module: lib } = await runnerImport(join(ROOT, "src/trace/index.ts"));

const GPT2 = { name: "gpt2", family: "gpt2", headSize: 64, hidden: 768, vocab: 50257 };
const BERT = { name: "bert-base-uncased", family: "bert", headSize: 64, hidden: 768, vocab: 30522 };
const MARIAN = {
  name: "Helsinki-NLP/opus-mt-en-de",
  family: "marian",
  headSize: 64,
  hidden: 512,
  vocab: 58101,
};
const FROM = "Recorded by Jesse Vig for BertViz (Apache-2.0)";

const FILES = [
  { file: "gpt2-quick-brown-fox", model: GPT2, note: `${FROM}, notebook model_view_gpt2.ipynb, 2021.` },
  {
    file: "gpt2-at-the-store-flat",
    as: "gpt2-at-the-store",
    model: GPT2,
    note: `${FROM}, notebook bertviz_summary_gpt2.ipynb, 2019. The token texts were saved without their spaces.`,
  },
  {
    file: "gpt2-john-smith-qk",
    as: "gpt2-john-smith",
    model: GPT2,
    note: `${FROM}, notebook bertviz_detail_gpt2.ipynb, 2019. Queries and keys are rounded to half floats; the weights are as recorded. The token texts were saved without their spaces.`,
  },
  {
    file: "bert-cat-rug-2019",
    as: "bert-cat-rug",
    model: BERT,
    note: `${FROM}, notebook head_view_bert.ipynb, 2019.`,
  },
  { file: "bert-rabbit-turtle", model: BERT, note: `${FROM}, notebook head_view_bert.ipynb, 2021.` },
  {
    file: "opus-mt-en-de-elephant",
    model: MARIAN,
    note: `${FROM}, notebook model_view_encoder_decoder.ipynb, 2021. The encoder is right. The German text was cut into pieces with the English vocabulary, so the decoder read pieces it was not trained on: its attention and the cross attention are what the model did with that input, not how it translates.`,
  },
];

async function convert(folder, { file, as = file, model, note }) {
  const saved = JSON.parse(gunzipSync(await readFile(join(folder, `${file}.json.gz`))).toString("utf8"));
  const trace = coded(lib.traceFromAttention({ ...recording(saved), model, note }));
  const bytes = lib.writeTrace(trace, trace.has("self.0.q") ? { precision: "f16" } : {});
  await writeFile(join(OUT, `${as}.safetensors`), bytes);
  console.log(`${as}.safetensors ${bytes.length}`);
}

/** The three shapes that BertViz has saved over the years. */
function recording(saved) {
  if (Array.isArray(saved.attention)) return encoderDecoder(saved.attention);
  const { attn, att, left_text: tokens } = saved.attention?.all ?? saved;
  const second = tokens.indexOf("[SEP]") + 1;
  const pair = second > 0 && second < tokens.length ? { sentenceBStart: second } : {};
  return { attention: attn ?? att, q: saved.queries, k: saved.keys, tokens, ...pair };
}

function encoderDecoder(views) {
  const view = (name) => views.find((v) => v.name === name);
  return {
    encoderTokens: view("Encoder").left_text,
    decoderTokens: view("Decoder").left_text,
    encoder: { attention: view("Encoder").attn },
    decoder: { attention: view("Decoder").attn },
    cross: { attention: view("Cross").attn },
  };
}

function coded(trace) {
  const { manifest, tensors } = trace.parts();
  const stored = {};
  const out = new Map(tensors);
  for (const name of trace.names.filter((n) => n.endsWith(".pattern"))) {
    stored[name] = "sqrt";
    out.set(name, lib.toSqrt(tensors.get(name), 16));
  }
  return new lib.Trace({ ...manifest, stored }, out);
}

const [folder] = process.argv.slice(2);
if (!folder) {
  console.error("usage: node scripts/import-recorded.mjs FOLDER");
  process.exit(2);
}
await mkdir(OUT, { recursive: true });
for (const entry of FILES) await convert(folder, entry);
