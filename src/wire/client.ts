// The page's end of the engine: what can be asked of it, as promises.

import type { Trace } from "../trace/index.ts";
import {
  type Answers,
  type GenerateRequest,
  type OpenRequest,
  type Question,
  type RunRequest,
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

  tokens(input: TokensRequest["input"], options?: CallOptions): Promise<Answers["tokens"]> {
    return this.call({ kind: "tokens", input }, options);
  }
}
