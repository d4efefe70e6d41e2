"""Writes what Transformers computes with each exported model, as a check for other engines.

    python make_goldens.py --models ../models --out goldens

NAME.safetensors: `attention` [layers, heads, queries, keys] (encoder-decoders: `encoder_attention`, `decoder_attention`,
`cross_attention`) and `logits` [tokens, vocabulary], all float32. NAME.json: the text and the ids.
"""
import argparse
import json
from pathlib import Path

import torch
from safetensors.torch import save_file
from transformers import AutoConfig, AutoModelForCausalLM, AutoModelForMaskedLM, AutoTokenizer, MarianMTModel

LOADERS = {"gpt2": AutoModelForCausalLM, "bert": AutoModelForMaskedLM, "marian": MarianMTModel}
INPUTS = {
    "stories-gpt2": {"text": "Lily saw a red bird. The bird saw Lily."},
    "stories-bert": {"text": "The cat sat on the [MASK].", "pair": "The cat lay on the rug."},
    "translate-en-de": {"text": "Tom is very tired.", "target": "Tom ist sehr müde."},
}


def stacked(layers: tuple[torch.Tensor, ...]) -> torch.Tensor:
    return torch.stack([layer[0] for layer in layers]).float().contiguous()


def golden(folder: Path, given: dict[str, str]) -> tuple[dict[str, torch.Tensor], dict]:
    config = AutoConfig.from_pretrained(folder)
    model = LOADERS[config.model_type].from_pretrained(folder, dtype=torch.float32, attn_implementation="eager").eval()
    coder = AutoTokenizer.from_pretrained(folder)
    coded = coder(given["text"], given.get("pair"), return_tensors="pt")
    inputs = {"input_ids": coded["input_ids"]}
    note = {**given, "ids": coded["input_ids"][0].tolist(), "tokens": coder.convert_ids_to_tokens(coded["input_ids"][0])}
    if config.model_type == "bert":
        inputs["token_type_ids"] = coded["token_type_ids"]
        note["type_ids"] = coded["token_type_ids"][0].tolist()
    if "target" in given:
        note["decoder_ids"] = [config.decoder_start_token_id, *coder(given["target"])["input_ids"][:-1]]
        inputs["decoder_input_ids"] = torch.tensor([note["decoder_ids"]])
    with torch.no_grad():
        out = model(**inputs, output_attentions=True)
    tensors = {"logits": out.logits[0].contiguous()}
    if "target" in given:
        tensors |= {"encoder_attention": stacked(out.encoder_attentions), "cross_attention": stacked(out.cross_attentions),
                    "decoder_attention": stacked(out.decoder_attentions)}
    else:
        tensors["attention"] = stacked(out.attentions)
    return tensors, note


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    for name, given in INPUTS.items():
        if (options.models / name / "model.safetensors").exists():
            tensors, note = golden(options.models / name, given)
            save_file(tensors, options.out / f"{name}.safetensors")
            (options.out / f"{name}.json").write_text(json.dumps(note, ensure_ascii=False, indent=1) + "\n")
            print(name, {key: list(value.shape) for key, value in tensors.items()})


if __name__ == "__main__":
    main()
