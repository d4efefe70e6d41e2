// The page's end of the engine: what can be asked of it, as promises.

import { type Lens, readTable, type Table } from "../analysis/index.ts";
import type { FloatTensor } from "../tensor/index.ts";
import type { BlockName, Trace } from "../trace/index.ts";
import {
  type Answers,
  type GenerateRequest,
  type LensRequest,
  type OpenRequest,
  type Question,
  type RunRequest,
  type SweepRequest,
  type TokensRequest,
  unpackTrace,
} from "./protocol.ts";
import { type CallOptions, Rpc } from "./rpc.ts";

/** A run as the page shows it. */
export interface RunResult {
  readonly trace: Trace;
  readonly seconds: number;
}

/** The engine as promises. */
export class EngineClient extends Rpc<Question> {
  open(request: Omit<OpenRequest, "kind">, options?: CallOptions): Promise<Answers["open"]> {
    return this.call({ kind: "open", ...request }, options);
  }

  async run(request: Omit<RunRequest, "kind">, options?: CallOptions): Promise<RunResult> {
    const { answer, tensors } = await this.exchange<Answers["run"]>({ kind: "run", ...request }, options);
    return { trace: unpackTrace({ manifest: answer.manifest, tensors }), seconds: answer.seconds };
  }

  generate(request: Omit<GenerateRequest, "kind">, options?: CallOptions): Promise<Answers["generate"]> {
    return this.call({ kind: "generate", ...request }, options);
  }

  /** The outputs of a layer's heads, [heads, size, size]. */
  async outputs(block: BlockName, layer: number, options?: CallOptions): Promise<FloatTensor> {
    const { tensors } = await this.exchange<null>({ kind: "outputs", block, layer }, options);
    return tensors[0]![1] as FloatTensor;
  }

  tokens(input: TokensRequest["input"], options?: CallOptions): Promise<Answers["tokens"]> {
    return this.call({ kind: "tokens", input }, options);
  }

  words(ids: readonly number[], options?: CallOptions): Promise<Answers["words"]> {
    return this.call({ kind: "words", ids }, options);
  }

  async sweep(request: Omit<SweepRequest, "kind">, options?: CallOptions): Promise<Table> {
    return readTable(await this.call<Answers["sweep"]>({ kind: "sweep", ...request }, options));
  }

  async lens(request: Omit<LensRequest, "kind">, options?: CallOptions): Promise<Lens> {
    const tables = await this.call<Answers["lens"]>({ kind: "lens", ...request }, options);
    return {
      probability: readTable(tables.probability),
      rank: readTable(tables.rank),
      logit: readTable(tables.logit),
    };
  }
}
