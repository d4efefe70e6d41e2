// A model for tests of commands: records what it was asked and answers with tiny, known numbers.

import type { EncodedToken } from "../../src/checkpoint/index.ts";
import type { Env } from "../../src/cli/report.ts";
import { InputError, type Model, type RunInput, type RunOptions } from "../../src/engine/index.ts";
import { floatTensor } from "../../src/tensor/index.ts";
import { type Capture, type Token, Trace } from "../../src/trace/index.ts";

const VOCAB = 100;
const INFO = {
  name: "fake",
  family: "gpt2",
  layers: 1,
  heads: 2,
  kvHeads: 2,
  headSize: 1,
  hidden: 2,
  vocab: VOCAB,
};

/** A causal model of one layer and two heads whose tokens are characters; it has every capture but resid_mid. */
export function fakeModel(asked: { input: RunInput; options: RunOptions | undefined }[] = []): Model {
  const tokensOf = (input: RunInput) => {
    if (input.pixels || input.audio || input.features) return [token(1)];
    const ids = input.ids ?? [...(input.text ?? "")].map((c) => c.codePointAt(0)! % VOCAB);
    if (ids.length === 0) throw new InputError("The text is empty.");
    const bad = ids.find((id) => id < 0 || id >= VOCAB);
    if (bad !== undefined) throw new InputError(`Token id ${bad} is outside 0 to ${VOCAB - 1}.`);
    if (ids.length > 20 && !input.cut)
      throw new InputError(`The text has ${ids.length} tokens; the model takes 20.`, {
        code: "too-long",
        data: { tokens: ids.length, limit: 20 },
      });
    return ids.slice(0, 20).map(token);
  };
  return {
    info: INFO,
    kind: "causal",
    tokenizer: {
      encode: (text) => tokensOf({ text }),
      describe: (ids) => ids.map(token),
      decode: (ids) => ids.map((id) => String.fromCodePoint(id)).join(""),
    },
    captures: ["q", "k", "v", "logits", "last_logits"],
    maxTokens: 20,
    pairs: false,
    pictures: false,
    points: undefined,
    rotary: { dims: 4, style: "half" },
    says: null,
    notes: [],
    settings: { options: {}, ignored: [] },
    tokens: (input) => [{ stream: "text", tokens: tokensOf(input) }],
    prepare: async () => {},
    runEach: async () => [],
    run: async (input, options) => {
      asked.push({ input, options });
      options?.onProgress?.(1, 1);
      const captures: readonly Capture[] = options?.captures ?? [];
      const leftOut = captures.filter((name) => name === "resid_mid");
      return { trace: traceOf(tokensOf(input)), leftOut, seconds: 0.25 };
    },
    async *generate(input, options) {
      const { length } = tokensOf(input);
      for (let i = 0; i < options.tokens; i++)
        yield { token: token(65 + ((length + i) % 26)), logprob: -0.5 };
    },
    unembed: async () => {
      throw new Error("no head");
    },
    readout: async () => {
      throw new Error("no head");
    },
    outputs: async () => floatTensor([2, 1, 1], Float32Array.of(4, 9)),
    dispose: async () => {},
  };
}

function token(id: number): EncodedToken {
  const text = String.fromCodePoint(id);
  return { id, raw: text, text, start: null, end: null, special: false, segment: 0, typeId: 0 };
}

function traceOf(tokens: readonly Token[]): Trace {
  const part = () => floatTensor([2, tokens.length, 1], new Float32Array(2 * tokens.length));
  const recipe = { scale: 1, causal: true, window: null, softcap: null, bias: null, sinks: false };
  return new Trace(
    {
      model: INFO,
      streams: [{ name: "text", tokens }],
      blocks: [
        { name: "self", queries: "text", keys: "text", layers: 1, heads: 2, kvHeads: 2, headSize: 1, recipe },
      ],
      edits: [],
      receipts: [],
      generated: null,
      stored: {},
    },
    new Map([
      ["self.0.q", part()],
      ["self.0.k", part()],
    ]),
  );
}

/** An environment that keeps what is written and always opens `model`. */
export function fakeEnv(model: Model, isTTY = false) {
  const said = { out: "", err: "", opened: [] as string[] };
  const env: Env = {
    stdout: { write: (text) => (said.out += text), isTTY },
    stderr: { write: (text) => (said.err += text), isTTY },
    open: async (spec) => {
      said.opened.push(spec);
      return model;
    },
    signal: new AbortController().signal,
  };
  return { env, said };
}
