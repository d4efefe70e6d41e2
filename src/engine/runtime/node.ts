// The runtime of Node: onnxruntime-node, which maps weights from the checkpoint's own folder.
// Where it is not installed or has no binary for this machine, the WebAssembly build runs instead.

import { realpath } from "node:fs/promises";
import { availableParallelism, totalmem } from "node:os";
import { basename, dirname, join } from "node:path";
import type { Source } from "../../checkpoint/index.ts";
import { externalRanges, placeInOwnFile, readExternals } from "../externals.ts";
import { encodeModel, type Graph, type Place } from "../graph/onnx.ts";
import type { Runtime } from "./runtime.ts";
import { type Onnxruntime, sessionOptions, wrapSession } from "./session.ts";
import { wasmRuntime } from "./wasm.ts";

export interface NodeRuntimeOptions {
  /** Threads inside one operator. Default: half of the machine's, at least 2, at most 8. */
  readonly threads?: number;
  /** Told once why the native runtime is not used. */
  readonly onFallback?: (reason: string) => void;
}

/** The machine's own speed, or why there is none: onnxruntime-node's threads, or the reason why it cannot be loaded. */
export async function nativeSpeed(): Promise<{ readonly threads: number } | { readonly why: string }> {
  try {
    await import("onnxruntime-node");
    return { threads: defaultThreads() };
  } catch (error) {
    const why = (error as Error).message.split("\n")[0]!;
    return {
      why: `onnxruntime-node cannot be loaded (${why}). npm install onnxruntime-node brings it, where there is a binary for this machine.`,
    };
  }
}

/** onnxruntime-node, or the WebAssembly build where it cannot be loaded. */
export async function nodeRuntime(options: NodeRuntimeOptions = {}): Promise<Runtime> {
  const threads = options.threads ?? defaultThreads();
  try {
    return nativeRuntime(await import("onnxruntime-node"), threads);
  } catch (error) {
    options.onFallback?.(
      `onnxruntime-node cannot be loaded (${(error as Error).message.split("\n")[0]}); the slower WebAssembly build runs instead. ` +
        "npm install onnxruntime-node brings it, where there is a binary for this machine.",
    );
    const ort = await import("onnxruntime-web");
    ort.env.wasm.numThreads = 1;
    return wasmRuntime(ort, 1);
  }
}

/**
 * Graphs that hold scores get an arena, which gives its memory back after each run: without one every tensor of that
 * size is mapped anew, and with all patterns of GPT-2 small's shape at 1,024 tokens 0.95 s of 2.6 s went into page
 * faults, with it 0.27 s of 1.85 s. Other graphs do without, and ten such runs that keep q, k and v peak 0.2 GB lower.
 */
const GIVE_BACK = { extra: { memory: { enable_memory_arena_shrinkage: "cpu:0" } } };

function holdsScores({ nodes }: Graph): boolean {
  return nodes.some(({ type }) => type === "Softmax");
}

function defaultThreads(): number {
  const cores = availableParallelism();
  return Math.min(cores, Math.max(2, Math.min(8, Math.floor(cores / 2))));
}

function nativeRuntime(ort: Onnxruntime, threads: number): Runtime {
  return {
    name: "node",
    threads,
    memory: totalmem(),
    async session(graph, source, options) {
      options.signal?.throwIfAborted();
      const common = sessionOptions(options.prepack);
      const arena = holdsScores(graph);
      const mapped = await mappedFiles(graph, source);
      const inner = await ort.InferenceSession.create(encodeModel(graph, mapped?.place ?? placeInOwnFile), {
        ...common,
        enableCpuMemArena: arena,
        executionProviders: ["cpu"],
        intraOpNumThreads: threads,
        ...(mapped ? {} : { externalData: await readExternals(graph, source, options) }),
        extra: {
          ...common.extra,
          session: {
            ...(common.extra?.session as Record<string, string>),
            force_spinning_stop: "1",
            ...(mapped && { model_external_initializers_file_folder_path: mapped.folder }),
          },
        },
      });
      return wrapSession(ort, inner, arena ? GIVE_BACK : {});
    },
  };
}

/**
 * The real folder and names of the weights, or null where they are not files of one folder.
 * onnxruntime refuses external data behind symbolic links, of which the hub's cache consists.
 */
async function mappedFiles(graph: Graph, source: Source): Promise<{ folder: string; place: Place } | null> {
  const { folder } = source;
  if (folder === undefined) return null;
  const names = [...new Set(externalRanges(graph).map(({ file }) => file))];
  const real = new Map(
    await Promise.all(names.map(async (name) => [name, await realpath(join(folder, name))] as const)),
  );
  const folders = new Set([...real.values()].map(dirname));
  const [only, ...others] = folders;
  if (only === undefined || others.length > 0) return null;
  return {
    folder: only,
    place: ({ file, start }) => ({ location: basename(real.get(file)!), offset: start }),
  };
}
