"""Makes the golden models again with half-precision weights: what Transformers computes in float32 from them.

Usage: python scripts/half-goldens.py GOLDENS OUT [NAME...], where GOLDENS is the folder of make_goldens.py (it needs
torch and transformers). Writes OUT/f16/NAME and OUT/bf16/NAME; nothing of it is committed.
"""
import dataclasses
import sys
from pathlib import Path

import torch
from transformers.models.gptj.modeling_gptj import GPTJAttention

goldens, out, *names = sys.argv[1:]
sys.path.insert(0, goldens)
import make_goldens as maker  # noqa: E402

# From Transformers 5.24 on GPT-J uses the attention interface, and the method that the maker replaces is gone.
if not hasattr(GPTJAttention, "_attn"):
    maker.PATCHED.pop("GPTJAttention", None)

lines = maker.read_corpus(Path(goldens).parent / "data" / "corpora", "public")
for folder, dtype in (("f16", torch.float16), ("bf16", torch.bfloat16)):
    (Path(out) / folder).mkdir(parents=True, exist_ok=True)
    for case in maker.cases("public"):
        if names and case.name not in names:
            continue
        half = dataclasses.replace(case, dtype=dtype)
        try:
            maker.make(half, Path(out) / folder / case.name, lines, "public", 1)
        except Exception as error:  # one model must not hide the others
            print(f"{case.name} failed: {type(error).__name__}: {error}", file=sys.stderr)
