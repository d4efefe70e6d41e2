"""Holds test/published against Transformers: over a small model of its family, the unusual keys of each published
configuration must leave hidden states and attention bit for bit as they are without them.

    python scripts/check-published.py

Needs transformers and torch. Prints one line per configuration; ends with status 1 if one differs.
"""

import json
import sys
from pathlib import Path

import torch
import transformers

FOLDER = Path(__file__).parent.parent / "test" / "published"
FACTS = json.loads((FOLDER / "facts.json").read_text())
SMALL = json.loads((FOLDER / "small.json").read_text())


def outputs(fact, keys):
    """Every tensor that the class gives for fixed weights and inputs."""
    config = transformers.AutoConfig.for_model(fact["family"], **json.loads(json.dumps({**SMALL[fact["family"]], **keys})))
    config._attn_implementation = "eager"
    name = fact.get("class") or transformers.AutoModel._model_mapping[type(config)].__name__
    model = getattr(transformers, name)._from_config(config).eval()
    torch.manual_seed(0)
    for parameter in model.parameters():
        parameter.data = torch.randn_like(parameter) * 0.2
    ids = torch.tensor([[5, 6, 7, 8, 9, 2]])
    inputs = {"pixel_values": torch.randn(1, 3, 16, 16)} if fact["family"] == "vit" else {"input_ids": ids}
    if config.is_encoder_decoder:
        inputs["decoder_input_ids"] = ids
    with torch.no_grad():
        found = model(**inputs, output_attentions=True, output_hidden_states=True)
    return [t for t in torch.utils._pytree.tree_leaves(dict(found)) if torch.is_tensor(t)]


def main():
    transformers.logging.set_verbosity_error()
    bad = 0
    for fact in FACTS:
        if "refused" in fact:
            continue
        with_keys, plain = outputs(fact, fact["keys"]), outputs(fact, fact.get("without", {}))
        same = len(with_keys) == len(plain) and all(map(torch.equal, with_keys, plain))
        bad += not same
        print("same   " if same else "DIFFERS", fact["name"])
    sys.exit(bad > 0)


if __name__ == "__main__":
    main()
