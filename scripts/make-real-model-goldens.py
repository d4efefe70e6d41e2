"""Records what Transformers computes with two real checkpoints, for test/real-models.shared.test.ts.

python scripts/make-real-model-goldens.py FOLDER
FOLDER holds all-minilm-l6-v2/ and smollm2-135m-instruct/. Written to test/fixtures/real-models/: attention of every
layer and head in float32 (eager), and 32 greedy tokens of the decoder. Needs torch, transformers and safetensors.
"""

import json
import sys
from pathlib import Path

import torch
import transformers
from safetensors.torch import save_file
from transformers import AutoModel, AutoModelForCausalLM, AutoTokenizer

OUT = Path(__file__).parent.parent / "test" / "fixtures" / "real-models"
CASES = [
    ("all-minilm-l6-v2", AutoModel, {"text": "The cat sat on the mat.", "pair": "The cat lay on the rug."}, 0),
    ("smollm2-135m-instruct", AutoModelForCausalLM, {"text": "The quick brown fox jumps over the lazy"}, 32),
]


def encode(tokenizer, given):
    """Ids as a list of one row, without the padding that some tokenizer files ask for."""
    return tokenizer(given["text"], given.get("pair"), return_tensors="pt", padding=False)


@torch.no_grad()
def record(folder, name, kind, given, tokens):
    path = Path(folder) / name
    model = kind.from_pretrained(path, dtype=torch.float32, attn_implementation="eager").eval()
    inputs = encode(AutoTokenizer.from_pretrained(path), given)
    outputs = model(**inputs, output_attentions=True)
    case = {**given, "transformers": transformers.__version__, "ids": inputs["input_ids"][0].tolist()}
    if tokens:
        made = model.generate(**inputs, max_new_tokens=tokens, min_new_tokens=tokens, do_sample=False)
        case["generated"] = made[0, inputs["input_ids"].shape[1] :].tolist()
    save_file({"attention": torch.cat(outputs.attentions).contiguous()}, OUT / f"{name}.safetensors")
    (OUT / f"{name}.json").write_text(json.dumps(case, indent=1) + "\n")


if __name__ == "__main__":
    OUT.mkdir(parents=True, exist_ok=True)
    for case in CASES:
        record(sys.argv[1], *case)
