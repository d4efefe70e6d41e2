"""The Python of the documentation, run as it stands: block after block in one namespace, with a small model of made-up words."""

import re
import warnings
from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="torch and transformers are not installed: the documentation's code is not run")
hf = pytest.importorskip("transformers")
for extra in ("py_mini_racer", "cairosvg", "anywidget", "IPython"):
    pytest.importorskip(extra, reason=f"{extra} is not installed: the documentation's code is not run", exc_type=(ImportError, OSError))

import headscope  # noqa: E402

ROOT = Path(__file__).parents[2]
PAGES = ("python/README.md", "docs/notebook.md")
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.M | re.S)
BUILT = ROOT / "python" / "headscope" / "static" / "figures.js"
pytestmark = pytest.mark.skipif(not BUILT.is_file(), reason="figures.js is not built: npm run build")


def blocks():
    """(page and line, code) of every block of Python."""
    for page in PAGES:
        text = (ROOT / page).read_text("utf-8")
        for found in BLOCK.finditer(text):
            yield f"{page}:{text[: found.start()].count(chr(10)) + 2}", found[1]


def tokenizer_of(words):
    """A tokenizer that knows these words, and no other."""
    from tokenizers import Tokenizer, models, pre_tokenizers

    ids = {word: i for i, word in enumerate(["[UNK]", "[PAD]", *dict.fromkeys(words)])}
    made = Tokenizer(models.WordLevel(ids, unk_token="[UNK]"))
    made.pre_tokenizer = pre_tokenizers.Whitespace()
    return hf.PreTrainedTokenizerFast(tokenizer_object=made, unk_token="[UNK]", pad_token="[PAD]")


@pytest.fixture
def names(tmp_path, monkeypatch):
    """What a reader has before the first line: a model of 6 layers and 12 heads, its tokenizer, and a trace."""
    monkeypatch.chdir(tmp_path)
    tokenizer = tokenizer_of(re.findall(r"\w+|[^\w\s]", " ".join(code for _, code in blocks())))
    torch.manual_seed(0)
    config = hf.GPT2Config(n_embd=48, n_layer=6, n_head=12, n_positions=64, vocab_size=len(tokenizer), bos_token_id=1, eos_token_id=None, pad_token_id=1)
    model = hf.GPT2LMHeadModel(config).eval()
    inputs = tokenizer(["The cat sat .", "The cat"], return_tensors="pt", padding=True, padding_side="left")
    inputs.pop("token_type_ids", None)
    trace = headscope.show(model, tokenizer, "The keys to the cabinet are on the table")
    return dict(model=model, tokenizer=tokenizer, inputs=inputs, trace=trace, headscope=headscope)


def test_every_block_runs(names, tmp_path):
    found = list(blocks())
    assert len(found) >= 5 and {place.split(":")[0] for place, _ in found} == set(PAGES)
    for place, code in found:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            exec(compile(code, place, "exec"), names)  # noqa: S102, the documentation is the test
    assert len(names["r"].traces) >= 2
    for name in re.findall(r'"([\w.]+\.(?:html|svg|pdf|safetensors))"', " ".join(code for _, code in found)):
        assert (tmp_path / name).stat().st_size > 1000, f"{name} was not written"
    assert names["data"][:4] == b"\x89PNG"


def test_no_block_of_python_goes_by_another_name():
    """A block of code without a language would be skipped in silence: only commands of a shell may be such."""
    for page in PAGES:
        for kind, body in re.findall(r"^```(\w*)\n(.*?)^```$", (ROOT / page).read_text("utf-8"), re.M | re.S):
            assert kind == "python" or body.startswith(("pip ", "npm ")), f"{page}: {body}"
