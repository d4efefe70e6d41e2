"""Writes a trained model as a Hugging Face folder with half-precision weights, and checks that it loads unchanged."""
import json
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from transformers import PreTrainedModel


def export(model: PreTrainedModel, folder: Path, *, config: dict | None = None) -> None:
    """`config` replaces entries of config.json that training set otherwise."""
    folder.mkdir(parents=True, exist_ok=True)
    shared = set(getattr(model, "_tied_weights_keys", None) or ())
    save_file(half_weights(model, shared), folder / "model.safetensors", metadata={"format": "pt"})
    values = model.config.to_diff_dict() | {"architectures": [type(model).__name__], "dtype": "float16"} | (config or {})
    values.pop("_name_or_path", None)
    (folder / "config.json").write_text(json.dumps(values, indent=2, sort_keys=True) + "\n")


def half_weights(model: PreTrainedModel, shared: set[str]) -> dict[str, torch.Tensor]:
    """Every weight once: tied copies are left out, as Transformers does itself."""
    kept, seen = {}, set()
    for name, value in model.state_dict().items():
        if name in shared or value.data_ptr() in seen:
            continue
        seen.add(value.data_ptr())
        kept[name] = value.detach().cpu().to(torch.float16).contiguous()
    return kept


def difference(model: PreTrainedModel, folder: Path, **inputs: torch.Tensor) -> float:
    """Largest difference of the logits between the model in memory and the folder, loaded in float32."""
    loaded = type(model).from_pretrained(folder, dtype=torch.float32, attn_implementation="eager").eval()
    model.eval()
    with torch.no_grad():
        return (model(**inputs).logits.float() - loaded(**inputs).logits).abs().max().item()


def size(folder: Path) -> int:
    return sum(value.numel() for value in load_file(folder / "model.safetensors").values())
