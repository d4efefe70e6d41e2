// What the engine asks of an inference runtime: sessions over generated graphs, values in and out.

import type { Source } from "../../checkpoint/index.ts";
import type { ReadOptions } from "../externals.ts";
import type { Graph } from "../graph/onnx.ts";

/** An inference runtime for generated ONNX graphs: onnxruntime-node or onnxruntime-web behind one interface. */
export interface Runtime {
  readonly name: "node" | "web";
  readonly threads: number;
  /** Bytes that weights and runs share; left out where nothing is known. */
  readonly memory?: number;
  /** A session over a graph whose weights are ranges of the source's files. */
  session(graph: Graph, source: Source, options: SessionOptions): Promise<Session>;
}

export interface SessionOptions extends ReadOptions {
  /** Prepacked weights: slower to open and more memory, faster runs. */
  readonly prepack: boolean;
}

/** One input or output of a session. */
export type Value =
  | { readonly type: "float32"; readonly data: Float32Array; readonly shape: readonly number[] }
  | { readonly type: "int64"; readonly data: BigInt64Array; readonly shape: readonly number[] }
  | { readonly type: "bool"; readonly data: Uint8Array; readonly shape: readonly number[] };

export interface Session {
  /** Feeds by input name to outputs by name (all, or those asked for); outputs are copies that JavaScript owns. */
  run(feeds: Readonly<Record<string, Value>>, outputs?: readonly string[]): Promise<Record<string, Value>>;
  dispose(): Promise<void>;
}
