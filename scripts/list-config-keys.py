"""Lists the keys and defaults of Transformers' configuration class for every family headscope runs.

The result is committed as test/fixtures/config-keys.json: a test checks that each key is handled, irrelevant
to inference, or refused. Run again with a newer Transformers to learn of new keys:
    pip install transformers && python scripts/list-config-keys.py > test/fixtures/config-keys.json
"""

import json

import transformers
from transformers import AutoConfig

FAMILIES = """gpt2 gpt_neo gptj gpt_neox opt bloom llama mistral qwen2 qwen3 gemma2 gemma3_text phi phi3 olmo2 smollm3
gpt_oss gemma olmo mixtral qwen2_moe qwen3_moe falcon mpt gpt_bigcode codegen stablelm granite bert roberta xlm-roberta camembert
distilbert albert electra modernbert mpnet deberta-v2 t5 mt5 bart marian mbart m2m_100 pegasus whisper vit deit dinov2
clip clip_text_model clip_vision_model siglip_vision_model""".split()


def plain(value):
    """Only what JSON holds; anything else by its text."""
    try:
        json.dumps(value)
        return value
    except TypeError:
        return str(value)


def keys(family):
    config = AutoConfig.for_model(family)
    values = {k: plain(v) for k, v in config.to_dict().items() if k != "transformers_version"}
    own = {k: plain(getattr(config, k, None)) for k in ("use_cache",) if k not in values}
    renamed = getattr(type(config), "attribute_map", {})
    return {"defaults": {**values, **own}, "renamed": dict(renamed)}


if __name__ == "__main__":
    print(json.dumps({"transformers": transformers.__version__, "families": {f: keys(f) for f in FAMILIES}}, indent=1))
