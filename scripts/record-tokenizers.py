"""Records what Python's tokenizers make of 2,000 hostile strings, for src/checkpoint/tokenizer tests.

    python scripts/record-tokenizers.py --shared ../shared [--models DIR] --out test/fixtures/tokenizers

Writes strings.json.gz (the strings, which the seed decides) and, per tokenizer, NAME.hashes.json.gz: one 16-bit
hash per string over its ids and one over its offsets (FNV-1a, folded). Small tokenizers of the goldens are copied
next to them as NAME.json.gz, and what their expected.json says about tokens as inputs.json.gz. Hashes are enough to notice a difference; run with --show NAME INDEX to see Python's
tokens for one string.
"""

import argparse
import gzip
import json
import random
from pathlib import Path

from tokenizers import Tokenizer
from transformers import BertTokenizerFast

GOLDENS = ["gpt2", "bert", "llama", "t5", "albert", "mistral", "roberta", "bloom", "qwen2", "marian", "gemma2"]
COUNT = 2000
POOLS = {
    "latin": "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "digits": "0123456789½¼²³¹①⑳Ⅷ٣४৩๓０９𝟘㊿",
    "punctuation": "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~«»“”‘’…—–·¡¿§¶†‡•′″※、。「」﹏＿￥€£¢",
    "spaces": " \t\n\r\x0b\x0c\x85\xa0\u1680\u2000\u2003\u2007\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff\u200b\u2060",
    "control": "\x00\x01\x02\x07\x08\x0e\x1b\x1f\x7f\x80\x8f\x9f\xad\u200c\u200d\u200e\u200f\u202a\u202e\u2066\u2069\ufffc\ufffd\ufff9",
    "combining": "\u0300\u0301\u0302\u0303\u0308\u030a\u0323\u0327\u0328\u0331\u0338\u0345\u05b0\u0651\u093c\u094d\u0e38\u3099\u20dd\u20e3\ufe0f\ufe0e\U0001d165",
    "accented": "éèêëàâäçñöüßøåæœÉÈÀÇÑÖÜŁłŽžĞİıŐűǅǆẞﬁﬂﬃŒĳŉǰΐẖẗΣςσ",
    "cjk": "中文字漢日本語한국어가각힣ㄱㅏ々〆〇㐀䶿一鿿豈𠀀𪛖𫝀𫠠你好世界",
    "jamo": "\u1100\u1161\u11a8\u1112\u1175\u11c2가\u11a7",
    "scripts": "абвЖЯёαβγΩάאבגשلاابتثकखगঅআกขคაბგႠაⴀ\u0d15\u0b95\u1780\u1000\u0f40\u12a0\u13a0\u1401\u16a0",
    "emoji": "😀🐱🎉❤️👍🏽👩‍💻👨‍👩‍👧‍👦🏳️‍🌈🇩🇪🇫🇷1️⃣☺✨🫠🪿🧑🏿‍🚀",
    "compat": "ｆｕｌｌＷＩＤＴＨ㎏℃™℡№ﷺ㍿ｶﾞﾊﾟ⑴⒜℉Å\u212b\u2126\u01c4\u0149\u1e9b\u0340\u0344\u0958\u2adc\ufb1d",
    "odd": "\ue000\uf8ff\U000f0000\U0010ffff\ud7ff\ufdd0\uffff\u0378\U0001f8ff\u2fff\u31ef",
}
WORDS = ["the", "cat", "don't", "I'LL", "we've", "O'Neil's", "hello", "World", "3.14", "1,000", "a_b", "x+y", "http://a.b/c?d=e",
         "<|endoftext|>", "[MASK]", "</s>", "<s>", "<unk>", "[UNK]", "<pad>", "<mask>", "<extra_id_1>", "``", "''", "...", "▁", "▁a", "Ġ", "##ing", "<0x0A>", "café", "naïve"]


def hostile(rng):
    kind = rng.random()
    if kind < 0.2:
        pool = "".join(POOLS.values())
        return "".join(rng.choice(pool) for _ in range(rng.randint(0, 24)))
    if kind < 0.5:
        pool = POOLS[rng.choice(list(POOLS))]
        other = POOLS[rng.choice(list(POOLS))]
        return "".join(rng.choice(pool if rng.random() < 0.7 else other) for _ in range(rng.randint(1, 24)))
    if kind < 0.8:
        parts = []
        for _ in range(rng.randint(1, 8)):
            parts.append(rng.choice(WORDS) if rng.random() < 0.7 else rng.choice(POOLS[rng.choice(list(POOLS))]))
            if rng.random() < 0.7:
                parts.append(rng.choice(POOLS["spaces"]) if rng.random() < 0.3 else " ")
        return "".join(parts)
    if kind < 0.9:
        base = rng.choice(WORDS)
        return "".join(c + rng.choice(POOLS["combining"]) * rng.randint(0, 2) for c in base)
    while True:
        points = [rng.randrange(0x110000) if rng.random() < 0.3 else rng.randrange(0x3000) for _ in range(rng.randint(1, 12))]
        if not any(0xD800 <= p < 0xE000 for p in points):
            return "".join(map(chr, points))


def fnv(numbers):
    h = 0x811C9DC5
    for n in numbers:
        for shift in (0, 8, 16, 24):
            h = ((h ^ ((n >> shift) & 255)) * 0x01000193) & 0xFFFFFFFF
    return (h >> 16) ^ (h & 0xFFFF)


def read(path):
    raw = path.read_bytes()
    return (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode()


def load(shared, models):
    made = {f"golden-{name}": Tokenizer.from_str(read(shared / "goldens" / name / "tokenizer.json")) for name in GOLDENS}
    data = shared / "data" / "tokenizers"
    made["gpt2"] = Tokenizer.from_str(read(data / "gpt2" / "tokenizer.json.gz"))
    made["t5-small"] = Tokenizer.from_str(read(data / "t5-small" / "tokenizer.json.gz"))
    made["bert-base-uncased"] = BertTokenizerFast(vocab=str(data / "bert-base-uncased" / "vocab.txt")).backend_tokenizer
    if models:
        made["smollm2"] = Tokenizer.from_str(read(models / "smollm2-135m-instruct" / "tokenizer.json"))
    for tokenizer in made.values():
        tokenizer.no_truncation()
        tokenizer.no_padding()
    return made


def added(content, **options):
    token = {"id": 0, "content": content, "single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": False}
    return {**token, **options}


def split(pattern, behavior, invert=False):
    return {"type": "Split", "pattern": pattern, "behavior": behavior, "invert": invert}


BEHAVIORS = ["Removed", "Isolated", "MergedWithPrevious", "MergedWithNext", "Contiguous"]
BYTES = {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True, "use_regex": True}
WORDS_ONLY = {"normalizer": None, "pre_tokenizer": {"type": "WhitespaceSplit"}}
# Changes to a golden's tokenizer.json that reach every part headscope knows: (golden, keys that are replaced).
VARIANTS = {
    **{f"split-{b}": ("bert", {"normalizer": None, "pre_tokenizer": split({"Regex": "[aeiou .,]+"}, b)}) for b in BEHAVIORS},
    **{f"split-inverted-{b}": ("bert", {"normalizer": None, "pre_tokenizer": split({"Regex": "\\w+"}, b, True)}) for b in BEHAVIORS},
    **{f"punctuation-{b}": ("bert", {"pre_tokenizer": {"type": "Punctuation", "behavior": b}}) for b in BEHAVIORS},
    "split-string": ("gpt2", {"pre_tokenizer": {"type": "Sequence", "pretokenizers": [split({"String": "."}, "Isolated"), BYTES]}}),
    "whitespace": ("bert", {"pre_tokenizer": {"type": "Whitespace"}}),
    "digits": ("bert", {"pre_tokenizer": {"type": "Digits", "individual_digits": False}}),
    "delimiter": ("bert", {"pre_tokenizer": {"type": "CharDelimiterSplit", "delimiter": "e"}}),
    "fixed-length": ("bert", {"pre_tokenizer": {"type": "FixedLength", "length": 3}}),
    "metaspace-first": ("marian", {"pre_tokenizer": {"type": "Metaspace", "replacement": "\u2581", "prepend_scheme": "first", "split": True},
                                   "added_tokens": [added("the", id=5)]}),
    "metaspace-never": ("marian", {"pre_tokenizer": {"type": "Metaspace", "replacement": "\u2581", "prepend_scheme": "never", "split": False}}),
    "prefix-space": ("gpt2", {"pre_tokenizer": BYTES, "post_processor": {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True}}),
    "byte-normalizer": ("gpt2", {"normalizer": {"type": "ByteLevel"}, "pre_tokenizer": None}),
    "strip": ("bert", {**WORDS_ONLY, "normalizer": {"type": "Strip", "strip_left": True, "strip_right": True}, "pre_tokenizer": None}),
    "strip-left": ("bert", {**WORDS_ONLY, "normalizer": {"type": "Strip", "strip_left": True, "strip_right": False}, "pre_tokenizer": None}),
    "nmt": ("albert", {"normalizer": {"type": "Sequence", "normalizers": [{"type": "Nmt"}, {"type": "NFKC"}]}}),
    "replace": ("bert", {**WORDS_ONLY, "normalizer": {"type": "Sequence", "normalizers": [
        {"type": "Replace", "pattern": {"Regex": " {2,}|[aeiou]"}, "content": "on"}, {"type": "Prepend", "prepend": "the "}]}}),
    "cased": ("bert", {"normalizer": {"type": "BertNormalizer", "clean_text": True, "handle_chinese_chars": False, "strip_accents": None, "lowercase": False}}),
    "added": ("bert", {"added_tokens": [
        added("[UNK]", id=1, special=True), added("the", id=5, single_word=True), added("\u00e9", id=6, normalized=True),
        added("cat", id=7, lstrip=True), added("ll", id=8, rstrip=True), added("a_", id=9, lstrip=True, rstrip=True), added("O'N", id=10, normalized=True)]}),
    "bert-processing": ("bert", {"post_processor": {"type": "BertProcessing", "sep": ["[SEP]", 3], "cls": ["[CLS]", 2]}}),
}


def variant_tokenizer(shared, name):
    golden, keys = VARIANTS[name]
    return Tokenizer.from_str(json.dumps({**json.loads(read(shared / "goldens" / golden / "tokenizer.json")), **keys}))


def variant(shared, name, strings):
    tokenizer = variant_tokenizer(shared, name)
    encoded = [tokenizer.encode(s) for s in strings]
    golden, keys = VARIANTS[name]
    if "added_tokens" in keys:  # Python gives them ids of its own where the vocabulary has other ones
        tokens = [{**token, "id": tokenizer.token_to_id(token["content"])} for token in keys["added_tokens"]]
        keys = {**keys, "added_tokens": tokens}
    return {"golden": golden, "keys": keys, **hashes(encoded)}


def hashes(encoded):
    return {"ids": [fnv(e.ids) for e in encoded], "offsets": [fnv(n for pair in e.offsets for n in pair) for e in encoded]}


def inputs(shared, name):
    """What expected.json of a golden says about its tokens."""
    keys = ("text", "pair", "ids", "type_ids", "tokens", "offsets", "special")
    expected = json.loads(read(shared / "goldens" / name / "expected.json"))
    return [{k: row[k] for k in keys if k in row} for row in expected["inputs"]]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--shared", type=Path, required=True)
    parser.add_argument("--models", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--show", nargs=2, metavar=("NAME", "INDEX"))
    args = parser.parse_args()
    rng = random.Random(args.seed)
    strings = [hostile(rng) for _ in range(COUNT)]
    made = load(args.shared, args.models)
    if args.show:
        name, index = args.show
        tokenizer = made.get(name) or variant_tokenizer(args.shared, name)
        encoded = tokenizer.encode(strings[int(index)])
        print(list(zip(encoded.ids, encoded.tokens, encoded.offsets)))
        return
    args.out.mkdir(parents=True, exist_ok=True)
    write = lambda name, value: (args.out / name).write_bytes(gzip.compress(json.dumps(value, separators=(",", ":")).encode(), mtime=0))
    write("strings.json.gz", strings)
    for name, tokenizer in made.items():
        encoded = [tokenizer.encode(s) for s in strings]
        write(f"{name}.hashes.json.gz", hashes(encoded))
    write("variants.json.gz", {name: variant(args.shared, name, strings[:300]) for name in VARIANTS})
    write("inputs.json.gz", {name: inputs(args.shared, name) for name in GOLDENS})
    for name in GOLDENS:
        raw = (args.shared / "goldens" / name / "tokenizer.json").read_bytes()
        (args.out / f"golden-{name}.json.gz").write_bytes(gzip.compress(raw, mtime=0))


if __name__ == "__main__":
    main()
