// The page's end of the engine: what can be asked of it, as promises.

import type {
  Answers,
  GenerateRequest,
  OpenRequest,
  Question,
  RunRequest,
  TokensRequest,
} from "./protocol.ts";
import { type CallOptions, Rpc } from "./rpc.ts";

/** The engine as promises. */
export class EngineClient extends Rpc<Question> {
  open(request: Omit<OpenRequest, "kind">, options?: CallOptions): Promise<Answers["open"]> {
    return this.call({ kind: "open", ...request }, options);
  }

  run(request: Omit<RunRequest, "kind">, options?: CallOptions): Promise<Answers["run"]> {
    return this.call({ kind: "run", ...request }, options);
  }

  generate(request: Omit<GenerateRequest, "kind">, options?: CallOptions): Promise<Answers["generate"]> {
    return this.call({ kind: "generate", ...request }, options);
  }

  tokens(input: TokensRequest["input"], options?: CallOptions): Promise<Answers["tokens"]> {
    return this.call({ kind: "tokens", input }, options);
  }
}
