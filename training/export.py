"""Writes a trained model as a Hugging Face folder with half-precision weights, and checks that it loads unchanged."""
import json
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from transformers import PreTrainedModel


def export(model: PreTrainedModel, folder: Path, *, config: dict | None = None) -> None:
    """`config` replaces entries of config.json that training set otherwise."""
    folder.mkdir(parents=True, exist_ok=True)
    save_file(half_weights(model), folder / "model.safetensors", metadata={"format": "pt"})
    values = model.config.to_diff_dict() | {"architectures": [type(model).__name__], "dtype": "float16"} | (config or {})
    values.pop("_name_or_path", None)
    (folder / "model.safetensors").chmod(0o644)
    (folder / "config.json").write_text(json.dumps(values, indent=2, sort_keys=True) + "\n")


def half_weights(model: PreTrainedModel) -> dict[str, torch.Tensor]:
    """Every weight once, without tied copies and without what Transformers computes itself (Marian's positions)."""
    left_out = set(model._tied_weights_keys or ()) | set(model._keys_to_ignore_on_save or ())
    kept, seen = {}, set()
    for name, value in model.state_dict().items():
        if name not in left_out and value.data_ptr() not in seen:
            seen.add(value.data_ptr())
            kept[name] = value.detach().cpu().to(torch.float16).contiguous()
    return kept


def check(model: PreTrainedModel, folder: Path, **inputs: torch.Tensor) -> tuple[float, float]:
    """Largest difference of the logits from the folder, loaded in float32: of the model in memory (what rounding to half
    precision costs), and of the model in memory with its weights rounded the same way (0 where the file is right)."""
    loaded = type(model).from_pretrained(folder, dtype=torch.float32, attn_implementation="eager").eval()
    model = model.cpu().eval()
    with torch.no_grad():
        expected = loaded(**inputs).logits
        exact = (model(**inputs).logits.float() - expected).abs().max().item()
        model.load_state_dict(half_weights(model), strict=False)
        rounded = model(**inputs).logits
    return exact, (rounded - expected).abs().max().item()


def size(folder: Path) -> int:
    return sum(value.numel() for value in load_file(folder / "model.safetensors").values())
