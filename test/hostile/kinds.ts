// The kinds of file that come from strangers (five more in more-kinds.ts), each as one case of a seed: made, damaged, read and used.
// A case ends with a named error or with attention that is a probability.

import { readFileSync } from "node:fs";
import { gzipSync } from "fflate";
import { loadChatTemplate } from "../../src/checkpoint/chat.ts";
import { loadTokenizer, memorySource, openWeights, type Source } from "../../src/checkpoint/index.ts";
import { decodeImage } from "../../src/cli/image-file.ts";
import { openModel } from "../../src/engine/index.ts";
import type { RunInput } from "../../src/engine/model.ts";
import type { Runtime } from "../../src/engine/runtime/runtime.ts";
import { readFound, traceOf } from "../../src/imports/index.ts";
import { floatTensor, writeSafetensors } from "../../src/tensor/index.ts";
import { readTrace, type Trace } from "../../src/trace/index.ts";
import { MORE_KINDS } from "./more-kinds.ts";
import { damaged, pick, type Random, strange } from "./mutate.ts";

type Files = Readonly<Record<string, Uint8Array>>;
/** One case: resolves where everything was right, rejects with what was thrown. */
export type Kind = (random: Random, runtime: Runtime) => Promise<void>;

const read = (path: string) => new Uint8Array(readFileSync(new URL(`../fixtures/${path}`, import.meta.url)));
const encode = (value: unknown) => new TextEncoder().encode(JSON.stringify(value) ?? "");
const decode = (bytes: Uint8Array): unknown => JSON.parse(new TextDecoder().decode(bytes));

function golden(name: string, more: readonly string[] = []): Files {
  const files = ["config.json", "model.safetensors", ...more];
  return Object.fromEntries(files.map((file) => [file, read(`goldens/${name}/${file}`)]));
}

const MODELS = ["gpt2", "llama", "bert", "bloom", "t5", "gemma2", "mistral", "phi3"].map((name) =>
  golden(name, ["tokenizer.json"]),
);
const PICTURES = golden("vit", ["preprocessor_config.json"]);

/** JSON with strange values, now and then with damaged bytes. */
function strangeJson(random: Random, bytes: Uint8Array): Uint8Array {
  return random() < 0.25 ? damaged(random, bytes) : encode(strange(random, decode(bytes)));
}

/** Throws unless every row of attention of the first heads is a probability, or less. */
function checkAttention(trace: Trace): void {
  for (const { name, layers, heads } of trace.manifest.blocks) {
    for (let at = 0; at < Math.min(8, layers * heads); at++) {
      const [layer, head] = [Math.floor(at / heads), at % heads];
      if (!trace.hasAttention(name, layer, head)) continue;
      const { queries, keys } = trace.sides(name);
      const weights = trace.attention(name, layer, head, 0, Math.min(queries, 20));
      for (let row = 0; row < weights.length; row += keys) checkRow(weights.subarray(row, row + keys));
    }
  }
}

function checkRow(row: Float32Array): void {
  const sum = row.reduce((all, weight) => all + weight, 0);
  if (!(sum <= 1.021 && row.every((weight) => weight >= -1e-6)))
    throw new Error(`A row of attention was accepted that sums to ${sum}: ${row.slice(0, 8)}`);
}

async function ran(files: Files, runtime: Runtime, input?: RunInput): Promise<void> {
  const model = await openModel(memorySource("m", files), { runtime });
  try {
    const ids = [1, 7, 3, 9];
    const two = model.kind === "encoder-decoder" ? { ids, targetIds: [0, 5] } : { ids };
    checkAttention((await model.run(input ?? two)).trace);
  } finally {
    await model.dispose();
  }
}

const trace = read("trace/full.safetensors");
const least = read("trace/least.safetensors");
const shard = (name: string) => writeSafetensors(new Map([[name, floatTensor([2], new Float32Array(2))]]));
const index = { metadata: { total_size: 16 }, weight_map: { a: "1.safetensors", b: "2.safetensors" } };
const made = {
  attention: [
    [
      [
        [1, 0],
        [0.5, 0.5],
      ],
    ],
  ],
  tokens: ["a", "b"],
  model: "mine",
};
const pixels = { width: 8, height: 8, data: Uint8Array.from({ length: 256 }, (_, i) => i) };

async function tokenized(source: Source): Promise<void> {
  const tokenizer = await loadTokenizer(source, {});
  const ids = tokenizer?.encode("Zoë's cat\n <s>", "a b").map(({ id }) => id) ?? [];
  tokenizer?.decode(ids);
}

export const KINDS: Readonly<Record<string, Kind>> = {
  ...MORE_KINDS,
  config: async (random, runtime) => {
    const files = pick(random, MODELS);
    await ran({ ...files, "config.json": strangeJson(random, files["config.json"]!) }, runtime);
  },
  weights: async (random, runtime) => {
    const files = pick(random, MODELS);
    const weights = files["model.safetensors"]!;
    const within = random() < 0.5 ? 2000 : weights.length;
    await ran({ ...files, "model.safetensors": damaged(random, weights, within) }, runtime);
  },
  index: async (random) => {
    const shards = { "1.safetensors": shard("a"), "2.safetensors": shard("b") };
    const bytes = strangeJson(random, encode(index));
    await openWeights(memorySource("m", { ...shards, "model.safetensors.index.json": bytes }));
  },
  tokenizer: async (random) => {
    const json = pick(random, MODELS)["tokenizer.json"]!;
    await tokenized(memorySource("m", { "tokenizer.json": strangeJson(random, json) }));
  },
  vocabulary: async (random) => {
    const vocab = new TextEncoder().encode("[PAD]\n[UNK]\n[CLS]\n[SEP]\na\nb\n##a\ncat\ns\n'");
    const config = strange(random, {
      tokenizer_class: "BertTokenizer",
      do_lower_case: true,
      unk_token: "[UNK]",
    });
    const files = { "vocab.txt": damaged(random, vocab), "tokenizer_config.json": encode(config) };
    await tokenized(memorySource("m", files));
  },
  generation: async (random, runtime) => {
    const settings = {
      do_sample: true,
      temperature: 1,
      top_k: 5,
      top_p: 0.9,
      eos_token_id: 2,
      forced_bos_token_id: 3,
    };
    const files = { ...MODELS[0]!, "generation_config.json": encode(strange(random, settings)) };
    const model = await openModel(memorySource("m", files), { runtime });
    try {
      for await (const {
        token: { id },
      } of model.generate({ ids: [1, 7] }, { tokens: 2, ...model.settings.options }))
        if (id === null || !Number.isSafeInteger(id) || id < 0) throw new Error(`The id ${id} was written.`);
    } finally {
      await model.dispose();
    }
  },
  template: async (random) => {
    const parts = [
      "{{",
      "}}",
      "{%",
      "%}",
      "messages",
      " for m in messages ",
      "endfor",
      "[0]",
      ".content",
      "|trim",
      "'",
    ];
    const text = Array.from({ length: 8 }, () => pick(random, parts)).join("");
    const template = await loadChatTemplate(memorySource("m", { "chat_template.jinja": text }));
    template?.([{ role: "user", content: "a" }]);
  },
  preprocessor: async (random, runtime) => {
    const recipe = strangeJson(random, PICTURES["preprocessor_config.json"]!);
    await ran({ ...PICTURES, "preprocessor_config.json": recipe }, runtime, { image: pixels });
  },
  png: async (random) => {
    decodeImage(Buffer.from(damaged(random, read("images/palette.png"))), "a.png");
  },
  jpeg: async (random) => {
    decodeImage(Buffer.from(damaged(random, read("images/smooth.jpg"), 700)), "a.jpg");
  },
  trace: async (random) => {
    const bytes = random() < 0.8 ? trace : least;
    checkAttention(readTrace(damaged(random, bytes, random() < 0.5 ? 1500 : bytes.length)));
  },
  import: async (random) => {
    const json = encode(strange(random, made));
    checkAttention(traceOf(readFound("a", random() < 0.5 ? json : damaged(random, gzipSync(json)))));
  },
};
