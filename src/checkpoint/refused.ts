// Weights in formats that headscope does not read, refused by name with the one-line conversion.

import { some } from "./paths.ts";
import { CheckpointError, type SourceFile } from "./source.ts";

const CONVERT_GGUF = (file: string) =>
  `python -c "from transformers import AutoModelForCausalLM as M, AutoTokenizer as T; [c.from_pretrained('.', gguf_file='${file}').save_pretrained('converted') for c in (M, T)]"`;

const CONVERT_TORCH = (file: string) =>
  `python -c "import torch, safetensors.torch as s; s.save_file({k: v.contiguous().clone() for k, v in torch.load('${file}', map_location='cpu', weights_only=True).items()}, 'model.safetensors', {'format': 'pt'})"`;

/** Rejects a checkpoint without safetensors: says which weights were found and how to convert them. */
export function refuseOtherFormats(name: string, files: readonly SourceFile[]): never {
  const found = files.map((file) => file.path).filter((path) => !path.includes("/"));
  throw new CheckpointError(
    gguf(name, found) ?? torch(name, found) ?? otherSafetensors(name, found) ?? nothing(name, found),
  );
}

function gguf(name: string, found: readonly string[]): string | undefined {
  const file = found.find((path) => /\.gguf$/i.test(path));
  if (!file) return undefined;
  return `${name} holds weights in GGUF (${file}), which headscope does not read. Convert them once (needs transformers, torch and gguf): ${CONVERT_GGUF(file)}`;
}

function torch(name: string, found: readonly string[]): string | undefined {
  const weights = found.filter((path) => /\.(bin|pt|pth|ckpt)$/i.test(path) && !/args|optim/i.test(path));
  const [file] = weights;
  if (!file) return undefined;
  const many =
    weights.length > 1
      ? " (for several files: load them with AutoModel.from_pretrained and save_pretrained)"
      : "";
  return `${name} holds PyTorch weights (${some(weights, 3)}), which headscope does not read, because loading them can run code. Convert them once${many}: ${CONVERT_TORCH(file)}`;
}

function otherSafetensors(name: string, found: readonly string[]): string | undefined {
  const file = found.find((path) => path.endsWith(".safetensors"));
  if (!file) return undefined;
  const advice = /adapter/.test(file)
    ? "It is an adapter: merge it into its base model with merge_and_unload() of peft, and save that."
    : "If it holds the model, rename it to model.safetensors.";
  return `${name} has no model.safetensors, but ${file}. ${advice}`;
}

function nothing(name: string, found: readonly string[]): string {
  return `${name} has no weights. Found: ${some(found)}. Expected model.safetensors, or model.safetensors.index.json with its shards.`;
}
