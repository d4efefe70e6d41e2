// Weights in formats that headscope does not read, refused by name with the one-line conversion where there is one.
// Every recipe was run once on a small model: docs/checkpoints.md says with which versions.

import { some } from "./paths.ts";
import { CheckpointError, type SourceFile } from "./source.ts";

/** A format by its files: what to say of those that match. */
interface Format {
  readonly matches: RegExp;
  readonly say: (found: readonly string[], all: readonly string[]) => string;
}

const SAVE = `s.save_file(w, 'model.safetensors', {'format': 'pt'})"`;
const PLAIN = "k: v.contiguous().clone() for k, v in";

const merge = (pattern: string) =>
  `python -c "import glob, safetensors.torch as s; w = {k: v for f in sorted(glob.glob('${pattern}')) for k, v in s.load_file(f).items()}; ${SAVE}`;
const torch = (pattern: string) =>
  `python -c "import glob, torch, safetensors.torch as s; w = {${PLAIN} ((k, v) for f in sorted(glob.glob('${pattern}')) for k, v in torch.load(f, map_location='cpu', weights_only=True).items())}; ${SAVE}`;
const lightning = (file: string) =>
  `python -c "import torch, safetensors.torch as s; d = torch.load('${file}', map_location='cpu', weights_only=False)['state_dict']; w = {k.removeprefix('model.'): v.contiguous().clone() for k, v in d.items()}; ${SAVE}`;
const gguf = (file: string) =>
  `python -c "from transformers import AutoModelForCausalLM as M, AutoTokenizer as T; [c.from_pretrained('.', gguf_file='${file}').save_pretrained('converted') for c in (M, T)]"`;
const other = (flag: string) =>
  `python -c "import json, transformers as t; c = json.load(open('config.json'))['architectures'][0].removeprefix('TF').removeprefix('Flax'); getattr(t, c).from_pretrained('.', ${flag}=True).save_pretrained('.')"`;

/** Best first: what is converted with the least loss. */
const FORMATS: readonly Format[] = [
  { matches: /^.+-\d{5}-of-\d{5}\.safetensors$/, say: shardsWithoutIndex },
  {
    matches: /^adapter_model\.(safetensors|bin)$/,
    say: ([file]) =>
      `has no weights of its own but ${file}. It is an adapter: merge it into its base model with merge_and_unload() of peft, and save that.`,
  },
  {
    matches: /^consolidated.*\.(safetensors|pth)$/,
    say: ([file]) =>
      `holds weights under their authors' own names (${file}), which Transformers does not read either. Open the repository's version for Transformers, often the one whose name ends in -hf.`,
  },
  {
    matches: /^[^/]+\.safetensors$/,
    say: ([file]) =>
      `has no model.safetensors, but ${file}. If it holds the model, rename it to model.safetensors.`,
  },
  {
    matches: /^(?!.*(args|optim|scheduler|rng_state|trainer|openvino|ggml))[^/]+\.(bin|pt|pth)$/i,
    say: (found) =>
      `holds PyTorch weights (${some(found, 3)}), which headscope does not read, because loading them can run code. Convert them once (needs torch and safetensors): ${torch(patternOf(found))}`,
  },
  {
    matches: /^[^/]+\.ckpt$/i,
    say: ([file]) =>
      `holds a PyTorch Lightning checkpoint (${file}), which headscope does not read, because loading it can run code. If you trust it, take the weights out once (needs torch and safetensors; "model." is what the module calls its model): ${lightning(safe(file!))}`,
  },
  {
    matches: /\.gguf$/i,
    say: ([file]) =>
      `holds weights in GGUF (${file}), which headscope does not read. Convert them once (needs transformers, torch and gguf): ${gguf(safe(file!))}`,
  },
  {
    matches: /^(tf_model.*\.h5|[^/]+\.keras)$/,
    say: ([file]) =>
      `holds TensorFlow weights (${file}), which headscope does not read. Convert them once (needs transformers before 5, torch, tensorflow and tf-keras): ${other("from_tf")}`,
  },
  {
    matches: /^flax_model.*\.msgpack$/,
    say: ([file]) =>
      `holds Flax weights (${file}), which headscope does not read. Convert them once (needs transformers before 5, torch, jax and flax): ${other("from_flax")}`,
  },
  {
    matches: /\.ckpt\.(index|meta|data-\d+-of-\d+)$/,
    say: ([file]) =>
      `holds a checkpoint of TensorFlow 1 (${file}), which headscope does not read. Open the repository's version for PyTorch, which holds model.safetensors.`,
  },
  {
    matches: /\.onnx(_data)?$/,
    say: ([file]) =>
      `holds ONNX graphs (${file}), in which queries and keys have no names, so that attention cannot be recorded. Open the repository that they were exported from: "_name_or_path" in config.json often names it, and it holds the safetensors weights.`,
  },
  {
    matches:
      /(^|\/)(openvino_model\.(bin|xml)|.*\.(ot|mlmodel|tflite|npz|nemo|pdparams|h5|msgpack|mar))$|\.mlpackage\//,
    say: ([file]) =>
      `holds weights of another framework (${file}), which headscope does not read. Open the repository that they were converted from, or its version for PyTorch.`,
  },
];

/** Rejects a checkpoint without safetensors: says which weights were found and how to convert them. */
export function refuseOtherFormats(name: string, files: readonly SourceFile[]): never {
  const all = files.map((file) => file.path);
  for (const { matches, say } of FORMATS) {
    const found = all.filter((path) => matches.test(path)).sort();
    if (found.length > 0)
      throw new CheckpointError(`${name} ${say(found, all)}`, { code: "other-weights", data: { found } });
  }
  throw new CheckpointError(
    `${name} has no weights. Found: ${some(all)}. Expected model.safetensors, or model.safetensors.index.json with its shards.`,
    { code: "no-weights" },
  );
}

/** Shards are merged where all of them are there. */
function shardsWithoutIndex(found: readonly string[]): string {
  const [first = ""] = found;
  const stem = first.replace(/-\d{5}-of-\d{5}\.safetensors$/, "");
  const count = Number(/-of-(\d{5})\.safetensors$/.exec(first)?.[1]);
  const wanted = Array.from({ length: Math.min(count, 1000) }, (_, i) => {
    const five = (n: number) => String(n).padStart(5, "0");
    return `${stem}-${five(i + 1)}-of-${five(count)}.safetensors`;
  });
  const missing = wanted.filter((path) => !found.includes(path));
  const index = `${stem}.safetensors.index.json`;
  if (missing.length > 0)
    return `holds shards of its weights (${some(found, 3)}) but neither their index, ${index}, nor ${some(missing, 3)}. Download them into the same place.`;
  return `holds ${found.length} shards of its weights (${some(found, 2)}) but not their index, ${index}. Download it into the same place, or merge the shards once (needs torch and safetensors): ${merge(`${safe(stem)}-*-of-*.safetensors`)}`;
}

/** A name for a command line; one that holds more than letters, digits, dots and dashes is left for the user to fill in. */
function safe(name: string): string {
  return /^[\w.-]+$/.test(name) ? name : "FILE";
}

/** A pattern for the first file and its siblings: pytorch_model-*-of-*.bin, or the file alone. */
function patternOf(found: readonly string[]): string {
  const stem = /^(.*)-\d{5}-of-\d{5}(\.[a-z]+)$/i.exec(found[0]!);
  return stem ? `${safe(stem[1]!)}-*-of-*${stem[2]}` : safe(found[0]!);
}
