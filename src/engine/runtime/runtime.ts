// What the engine asks of an inference runtime: sessions over generated graphs, values in and out.

import type { Source } from "../../checkpoint/index.ts";
import type { ReadOptions } from "../externals.ts";
import type { Graph } from "../graph/onnx.ts";

/** onnxruntime-node, onnxruntime-web's WebAssembly build, or its WebGPU build. */
export type RuntimeName = "node" | "web" | "webgpu";

/** An inference runtime for generated ONNX graphs: onnxruntime-node or onnxruntime-web behind one interface. */
export interface Runtime {
  readonly name: RuntimeName;
  readonly threads: number;
  /** The graphics device that computes, as the browser names it; left out where a processor does. */
  readonly device?: string;
  /** Where it stands in for WebGPU, which was asked for: why, as a sentence. */
  readonly instead?: string;
  /** Bytes that weights and runs share; left out where nothing is known. */
  readonly memory?: number;
  /** A session over a graph whose weights are ranges of the source's files. */
  session(graph: Graph, source: Source, options: SessionOptions): Promise<Session>;
  /** Gives the graphics device back; sessions that are open fail from then on. Not there where nothing is held. */
  dispose?(): void;
}

export interface SessionOptions extends ReadOptions {
  /** Prepacked weights: slower to open and more memory, faster runs. */
  readonly prepack: boolean;
}

/** One input or output of a session. */
export type Value =
  | { readonly type: "float32"; readonly data: Float32Array; readonly shape: readonly number[] }
  | { readonly type: "int32"; readonly data: Int32Array; readonly shape: readonly number[] }
  | { readonly type: "int64"; readonly data: BigInt64Array; readonly shape: readonly number[] }
  | { readonly type: "bool"; readonly data: Uint8Array; readonly shape: readonly number[] };

export interface Session {
  /** Feeds by input name to outputs by name (all, or those asked for); outputs are copies that JavaScript owns. */
  run(feeds: Readonly<Record<string, Value>>, outputs?: readonly string[]): Promise<Record<string, Value>>;
  dispose(): Promise<void>;
}
