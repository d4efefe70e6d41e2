"""Makes test/fixtures/goldens/dinov2_stretched: the model of goldens/dinov2 and what Transformers computes with it for
pictures of other sizes than its own, where the positions are stretched. Run it from the repository root:

    pip install torch transformers safetensors
    python scripts/make-stretched-fixture.py
"""

import json
import shutil
from pathlib import Path

import torch
from safetensors.torch import save_file
from transformers import Dinov2ForImageClassification

SOURCE, FOLDER = Path("test/fixtures/goldens/dinov2"), Path("test/fixtures/goldens/dinov2_stretched")
SIZES = [(36, 30), (18, 24)]


def main():
    FOLDER.mkdir(exist_ok=True)
    for name in ("config.json", "model.safetensors", "preprocessor_config.json"):
        shutil.copy(SOURCE / name, FOLDER / name)
    model = Dinov2ForImageClassification.from_pretrained(SOURCE, attn_implementation="eager").eval()
    random = torch.Generator().manual_seed(3)
    inputs, tensors = [], {}
    for i, (height, width) in enumerate(SIZES):
        pixels = torch.randn(1, 3, height, width, generator=random)
        with torch.no_grad():
            out = model(pixels, output_attentions=True)
        made = {"pixel_values": pixels[0], "attn": torch.stack([a[0] for a in out.attentions]), "logits": out.logits[0]}
        tensors.update({f"i{i}.{short}": tensor.contiguous() for short, tensor in made.items()})
        inputs.append({"tensors": {short: {"name": f"i{i}.{short}"} for short in made}})
    save_file(tensors, FOLDER / "expected.safetensors")
    facts = {"kind": "vision", "file_dtype": "float32", "final_norm": ["self"], "inputs": inputs}
    (FOLDER / "expected.json").write_text(json.dumps(facts) + "\n")


main()
