"""Records what Transformers' AutoTokenizer makes of tokenizer files in many forms, for src/checkpoint/tokenizer tests.

    python scripts/record-auto-tokenizers.py --shared ../shared --out test/fixtures/tokenizers [--show CASE INDEX]

Trains two small SentencePiece models on Grimm's fairy tales (public domain), lays folders out as the hub has them (vocab.txt,
vocab.json and merges.txt, tokenizer.json, .model files, with tokenizer_config.json, special_tokens_map.json and
added_tokens.json beside them), opens each with AutoTokenizer and hashes ids and offsets of the hostile strings as
record-tokenizers.py does. Writes the cases to auto.json.gz and the vocabularies to auto/; "@NAME" in a case is
auto/NAME.gz or golden-NAME.gz. Sentences in which Python itself ends with an error are hashed as -1.
"""

import argparse
import gzip
import importlib.util
import json
import tempfile
import warnings
from pathlib import Path

import sentencepiece
from transformers import AutoTokenizer
from transformers.utils import logging

spec = importlib.util.spec_from_file_location("recorded", Path(__file__).parent / "record-tokenizers.py")
recorded = importlib.util.module_from_spec(spec)
spec.loader.exec_module(recorded)
fnv = recorded.fnv
logging.set_verbosity_error()
warnings.filterwarnings("ignore")

FEW, MANY = 300, 2000
# Their tokenizer.json gives marks the places of the spaces they stand for; the class that Transformers builds does
# not. headscope takes the class's ids and the file's places, so these have no offsets.
PLACES_OF_FILE = {"t5-json", "albert-json"}


def train(text, **options):
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "text").write_text(text)
        sentencepiece.SentencePieceTrainer.train(
            input=f"{folder}/text", model_prefix=f"{folder}/m", minloglevel=2, num_threads=1, character_coverage=0.995, **options)
        return (Path(folder) / "m.model").read_bytes()


def shared_files(shared, fixtures):
    """Vocabularies that cases share: ours, trained here or for the goldens."""
    tales = gzip.decompress((shared / "data" / "corpora" / "fairytales" / "grimm.txt.gz").read_bytes()).decode()
    text = "\n".join(line for line in tales.splitlines() if line.strip())[:200_000]
    text += "\nnaïve café Zoë über straße ½ ﬁ 中文 日本語 привет\n" * 20
    golden = lambda name: json.loads(gzip.decompress((fixtures / f"golden-{name}.json.gz").read_bytes()))
    bert, gpt2 = golden("bert"), golden("gpt2")
    words = sorted(bert["model"]["vocab"], key=bert["model"]["vocab"].get)
    merges = [" ".join(m) if isinstance(m, list) else m for m in gpt2["model"]["merges"]]
    symbols = ["<ent>", "▁▁", "[x]"]
    return {
        "unigram.model": train(text, vocab_size=420, model_type="unigram"),
        "unigram-t5.model": train(text, vocab_size=420, model_type="unigram", pad_id=0, eos_id=1, unk_id=2, bos_id=-1, normalization_rule_name="identity"),
        "unigram-brackets.model": train(text, vocab_size=420, model_type="unigram", pad_id=0, unk_id=1, bos_id=-1, eos_id=-1, control_symbols=["[CLS]", "[SEP]"], user_defined_symbols=["[MASK]"], normalization_rule_name="identity"),
        "bpe.model": train(text, vocab_size=700, model_type="bpe", byte_fallback=True, normalization_rule_name="identity", remove_extra_whitespaces=False, allow_whitespace_only_pieces=True, split_digits=True),
        "bpe-own.model": train(text, vocab_size=500, model_type="bpe", user_defined_symbols=symbols, control_symbols=["<c>"], normalization_rule_name="nmt_nfkc_cf"),
        "unigram-own.model": train(text, vocab_size=660, model_type="unigram", user_defined_symbols=symbols, control_symbols=["<c>"], byte_fallback=True, normalization_rule_name="nfkc"),
        "bert-vocab.txt": "".join(w + "\n" for w in words).encode(),
        "gpt2-vocab.json": json.dumps(gpt2["model"]["vocab"]).encode(),
        "roberta-vocab.json": json.dumps({**{t: i for i, t in enumerate(["<s>", "<pad>", "</s>", "<unk>"])}, **{t: i + 4 for t, i in gpt2["model"]["vocab"].items() if t != "<|endoftext|>"}, "<mask>": 4 + max(gpt2["model"]["vocab"].values()) + 1}).encode(),
        "merges.txt": ("#version: 0.2\n" + "\n".join(merges) + "\n").encode(),
        **{f"{name}.json": json.dumps(golden(name)).encode() for name in ["bert", "gpt2", "llama", "mistral", "t5", "albert", "qwen2", "gemma2", "roberta"]},
    }


def token(content, **flags):
    return {"content": content, "lstrip": False, "normalized": False, "rstrip": False, "single_word": False, "special": True, **flags}


def marian_vocab(model):
    sp = sentencepiece.SentencePieceProcessor(model_proto=model)
    pieces = [sp.id_to_piece(i) for i in range(sp.get_piece_size())]
    ordered = ["</s>", "<unk>", ">>de<<", *[p for p in reversed(pieces) if p not in ("</s>", "<unk>", "<s>")], "<pad>"]
    return json.dumps({p: i for i, p in enumerate(ordered)}).encode()


def fairseq_vocab(model):
    sp = sentencepiece.SentencePieceProcessor(model_proto=model)
    pieces = [sp.id_to_piece(i) for i in range(3, sp.get_piece_size())]
    return json.dumps({p: i for i, p in enumerate(["<s>", "<pad>", "</s>", "<unk>", *pieces])}).encode()


def cases(size):
    """name: (files, model_type, tokenizer_config, other files beside, how many strings). `size`: tokens of a golden."""
    bert, gpt2 = {"vocab.txt": "@bert-vocab.txt"}, {"vocab.json": "@gpt2-vocab.json", "merges.txt": "@merges.txt"}
    roberta = {"vocab.json": "@roberta-vocab.json", "merges.txt": "@merges.txt"}
    js = lambda name: {"tokenizer.json": f"@{name}.json"}
    named = lambda name, **config: {"tokenizer_class": name, **config}
    added = {"added_tokens.json": {"[E1]": size["bert"], "O'N": size["bert"] + 1, "hello": size["bert"] + 2}, "special_tokens_map.json": {"additional_special_tokens": ["[E1]"]}}
    flags = {"added_tokens_decoder": {"0": token("[PAD]"), "1": token("[UNK]"), "900": token("the", special=False, single_word=True), "901": token("Café", special=False, normalized=True), "902": token("cat", lstrip=True, special=False), "5": token("a_", rstrip=True)}}
    ends = {"add_bos_token": True, "add_eos_token": True}
    spm = lambda file, model="unigram.model": {file: f"@{model}"}
    cases = {
        "bert": (bert, "bert", {}, {}, MANY),
        "bert-cased": (bert, "bert", named("BertTokenizer", do_lower_case=False), {}, FEW),
        "bert-accents": (bert, "bert", {"do_lower_case": False, "strip_accents": True, "tokenize_chinese_chars": False}, {}, FEW),
        "bert-added": (bert, "bert", named("BertTokenizerFast"), added, FEW),
        "bert-decoder": (bert, "bert", named("BertTokenizer", **flags, additional_special_tokens=["hello", "[E1]"]), added, FEW),
        "bert-roles": (bert, "bert", {"cls_token": "the", "sep_token": "a", "mask_token": "<mask>", "unk_token": "[UNK]"}, {}, FEW),
        "bert-map": (bert, "bert", {"cls_token": "the"}, {"special_tokens_map.json": {"cls_token": "cat", "mask_token": token("[MASK]", lstrip=True)}}, FEW),
        "bert-json": (js("bert"), "bert", named("BertTokenizerFast", do_lower_case=False), {}, FEW),
        "bert-json-plain": (js("bert"), "bert", named("PreTrainedTokenizerFast", do_lower_case=False, pad_token="[PAD]"), added, FEW),
        "bert-json-decoder": (js("bert"), "bert", named("PreTrainedTokenizerFast", **flags), {}, FEW),
        "bert-json-none": (js("bert"), "bert", {}, {}, FEW),
        "bert-own-token": (js("bert"), "bert", named("BertTokenizer", image_token="<image>", extra_special_tokens={"audio_token": "<audio>"}), {}, FEW),
        "split-special": (js("bert"), "bert", named("BertTokenizer", split_special_tokens=True), {}, FEW),
        "distilbert": (bert, "distilbert", {}, {}, FEW),
        "electra": (bert, "electra", named("ElectraTokenizer"), {}, FEW),
        "mobilebert": (bert, "mobilebert", {}, {}, FEW),
        "funnel": (bert, "funnel", {"unk_token": "[UNK]", "cls_token": "[CLS]", "sep_token": "[SEP]"}, {}, FEW),
        "mpnet": (bert, "mpnet", {"cls_token": "[CLS]", "sep_token": "[SEP]"}, {}, FEW),
        "gpt2": (gpt2, "gpt2", {}, {}, FEW),
        "gpt2-prefix": (gpt2, "gpt2", {"add_prefix_space": True}, {}, FEW),
        "gpt2-ends": (gpt2, "gpt2", named("GPT2Tokenizer", **ends), {}, FEW),
        "gpt2-added": (gpt2, "gpt2", named("GPT2Tokenizer"), {"added_tokens.json": {"<|pad|>": size["gpt2"], "<ent>": size["gpt2"] + 1}, "special_tokens_map.json": {"pad_token": "<|pad|>", "bos_token": token("<|endoftext|>", normalized=True)}}, FEW),
        "gpt2-json": (js("gpt2"), "gpt2", named("GPT2Tokenizer", pad_token="<|pad|>", added_tokens_decoder={"0": token("<|endoftext|>"), "900": token("<|pad|>"), "901": token("the", special=False)}), {}, FEW),
        "gpt2-json-prefix": (js("gpt2"), "gpt2", named("GPT2TokenizerFast", add_prefix_space=True, add_bos_token=True), {}, FEW),
        "opt": (gpt2, "opt", named("GPT2Tokenizer", add_bos_token=True), {}, FEW),
        "codegen": (gpt2, "codegen", named("CodeGenTokenizer"), {}, FEW),
        "roberta": (roberta, "roberta", {}, {}, MANY),
        "roberta-mask": (roberta, "roberta", {"mask_token": {"__type": "AddedToken", **token("<mask>", lstrip=True)}}, {}, FEW),
        "roberta-json": (js("roberta"), "roberta", named("RobertaTokenizer", trim_offsets=False, add_prefix_space=True), {}, FEW),
        "roberta-cased": (roberta, "roberta", {"cls_token": "</s>"}, {}, FEW),
        "bart": (roberta, "bart", named("BartTokenizer"), {}, FEW),
        "longformer": (roberta, "longformer", named("LongformerTokenizer"), {}, FEW),
        "blenderbot": (roberta, "blenderbot", {}, {}, FEW),
        "deberta": (roberta, "deberta", {"cls_token": "<s>", "sep_token": "</s>", "unk_token": "<unk>"}, {}, FEW),
        "gpt_neox": (js("gpt2"), "gpt_neox", named("GPTNeoXTokenizer"), {}, FEW),
        "qwen2": (js("qwen2"), "qwen2", named("Qwen2Tokenizer"), {}, FEW),
        "qwen2-merges": (gpt2, "qwen2", {}, {}, FEW),
        "cohere": (js("gpt2"), "cohere", {}, {}, FEW),
        "clip": (gpt2, "clip", {}, {}, FEW),
        "whisper": (gpt2, "whisper", {}, {"added_tokens.json": {"<|startoftranscript|>": size["gpt2"], "<|notimestamps|>": size["gpt2"] + 1}}, FEW),
        "openai": (gpt2, "openai-gpt", {}, {}, FEW),
        "herbert": (roberta, "bert", named("HerbertTokenizerFast"), {}, FEW),
        "wrong-class": (js("gpt2"), "phi3", named("LlamaTokenizer"), {}, FEW),
        "llama-bytes": (js("gpt2"), "llama", named("LlamaTokenizer"), {}, FEW),
        "llama-json": (js("mistral"), "llama", named("LlamaTokenizer", legacy=True), {}, FEW),
        "llama-json-new": (js("mistral"), "llama", named("LlamaTokenizerFast", legacy=False), {}, FEW),
        "mistral-json": (js("mistral"), "mistral", named("LlamaTokenizer"), {}, FEW),
        "gemma-json": (js("gemma2"), "gemma2", named("GemmaTokenizer"), {}, FEW),
        "t5-json": (js("t5"), "t5", named("T5Tokenizer"), {}, FEW),
        "albert-json": (js("albert"), "albert", named("AlbertTokenizer", do_lower_case=False), {}, FEW),
        "t5": (spm("spiece.model", "unigram-t5.model"), "t5", {}, {}, MANY),
        "t5-extra": (spm("spiece.model", "unigram-t5.model"), "mt5", named("T5Tokenizer", extra_ids=5), {}, FEW),
        "t5-map": (spm("spiece.model", "unigram-t5.model"), "t5", {}, {"special_tokens_map.json": {"eos_token": "</s>", "additional_special_tokens": [f"<extra_id_{i}>" for i in range(100)]}}, FEW),
        "albert": (spm("spiece.model", "unigram-brackets.model"), "albert", {}, {}, MANY),
        "albert-cased": (spm("spiece.model", "unigram-brackets.model"), "albert", named("AlbertTokenizer", do_lower_case=False, keep_accents=True), {}, FEW),
        "xlnet": (spm("spiece.model"), "xlnet", {}, {}, FEW),
        "xlm-roberta": (spm("sentencepiece.bpe.model"), "xlm-roberta", {}, {}, MANY),
        "xlm-roberta-mask": (spm("sentencepiece.bpe.model"), "xlm-roberta", {}, {"special_tokens_map.json": {"mask_token": token("<mask>", lstrip=True)}}, FEW),
        "camembert": (spm("sentencepiece.bpe.model"), "camembert", {}, {}, MANY),
        "barthez": (spm("sentencepiece.bpe.model"), "mbart", named("BarthezTokenizer"), {}, FEW),
        "deberta-v2": (spm("spm.model"), "deberta-v2", {"do_lower_case": True, "split_by_punct": True}, {}, FEW),
        "big_bird": (spm("spiece.model"), "big_bird", {}, {}, FEW),
        "rembert": (spm("sentencepiece.model"), "rembert", {}, {}, FEW),
        "pegasus": (spm("spiece.model", "unigram-t5.model"), "pegasus", {}, {}, MANY),
        "mbart": (spm("sentencepiece.bpe.model"), "mbart", {}, {}, MANY),
        "mbart-de": (spm("sentencepiece.bpe.model"), "mbart", {"src_lang": "de_DE"}, {}, FEW),
        "mbart50": (spm("sentencepiece.bpe.model"), "mbart", named("MBart50Tokenizer", src_lang="fr_XX"), {}, FEW),
        "nllb": (spm("sentencepiece.bpe.model", "bpe.model"), "m2m_100", named("NllbTokenizer"), {}, FEW),
        "nllb-languages": (spm("sentencepiece.bpe.model", "bpe.model"), "m2m_100", named("NllbTokenizer", src_lang="deu_Latn", legacy_behaviour=True, additional_special_tokens=["eng_Latn", "deu_Latn"]), {}, FEW),
        "llama": (spm("tokenizer.model", "bpe.model"), "llama", named("LlamaTokenizer", add_bos_token=True), {}, MANY),
        "llama-legacy": (spm("tokenizer.model", "bpe.model"), "llama", named("LlamaTokenizer", legacy=True, **ends), {}, MANY),
        "llama-bare": (spm("tokenizer.model", "bpe.model"), "llama", named("LlamaTokenizer", add_prefix_space=False), {}, FEW),
        "code_llama": (spm("tokenizer.model", "bpe.model"), "llama", named("CodeLlamaTokenizer"), {}, FEW),
        "gemma": (spm("tokenizer.model", "bpe.model"), "gemma", {"bos_token": "<s>", "add_bos_token": True}, {}, MANY),
        "generic-bpe": (spm("tokenizer.model", "bpe-own.model"), "internlm2", {}, {}, MANY),
        "generic-unigram": (spm("tokenizer.model", "unigram-own.model"), "internlm2", named("PreTrainedTokenizerFast", legacy=False, **ends), {}, MANY),
        "generic-mistral": (spm("tokenizer.model", "bpe.model"), "mistral", named("LlamaTokenizer", add_bos_token=True, added_tokens_decoder={"300": token("<renamed>"), "1": token("<s>")}), {}, FEW),
    }
    native = {
        "marian": ({"source.spm": "@unigram.model", "target.spm": "@unigram.model", "vocab.json": "@marian-vocab.json"}, "marian", named("MarianTokenizer", source_lang="en", target_lang="de"), {}, MANY),
        "marian-bpe": ({"source.spm": "@bpe-own.model", "target.spm": "@unigram.model", "vocab.json": "@marian-vocab.json"}, "marian", {}, {}, FEW),
        "m2m_100": ({"sentencepiece.bpe.model": "@bpe.model", "vocab.json": "@fairseq-vocab.json"}, "m2m_100", named("M2M100Tokenizer", src_lang="de"), {}, FEW),
    }
    return cases, native


def record(tokenizer, texts, offsets):
    rows = {"ids": []} | ({"offsets": []} if offsets else {})
    for text in texts:
        try:
            row = tokenizer(text, return_offsets_mapping=offsets)
        except Exception as error:
            if "nknown" not in str(error) and "unk" not in str(error):
                raise
            for key in rows:
                rows[key].append(-1)
            continue
        rows["ids"].append(fnv(row["input_ids"]))
        if offsets:
            rows["offsets"].append(fnv(n for pair in row["offset_mapping"] for n in pair))
    return rows


def raw(name, model, strings):
    """SentencePiece alone: ids, and places in code points."""
    sp = sentencepiece.SentencePieceProcessor(model_proto=model)
    rows = {"files": {"m.model": f"@{name}"}, "ids": [], "offsets": []}
    for text in strings:
        pieces = sp.encode(text, return_type="proto").pieces
        utf8 = text.encode()
        place = lambda byte: len(utf8[:byte].decode())
        rows["ids"].append(fnv(p.id for p in pieces))
        rows["offsets"].append(fnv(n for p in pieces for n in (place(p.begin), place(p.end))))
    return rows


def lay(folder, files, model_type, config, beside, shared):
    for name, text in files.items():
        (folder / name).write_bytes(shared[text[1:]])
    for name, value in {"config.json": {"model_type": model_type}, "tokenizer_config.json": config, **beside}.items():
        if value:
            (folder / name).write_text(json.dumps(value))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--shared", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--show", nargs=2, metavar=("CASE", "INDEX"))
    args = parser.parse_args()
    strings = json.loads(gzip.decompress((args.out / "strings.json.gz").read_bytes()))
    shared = shared_files(args.shared, args.out)
    shared["marian-vocab.json"] = marian_vocab(shared["unigram.model"])
    shared["fairseq-vocab.json"] = fairseq_vocab(shared["bpe.model"])
    size = {"bert": len(shared["bert-vocab.txt"].splitlines()), "gpt2": len(json.loads(shared["gpt2-vocab.json"]))}
    fast, native = cases(size)
    out = {}
    for name, (files, model_type, config, beside, count) in {**fast, **native}.items():
        if args.show and args.show[0] != name:
            continue
        with tempfile.TemporaryDirectory() as folder:
            lay(Path(folder), files, model_type, config, beside, shared)
            try:
                tokenizer = AutoTokenizer.from_pretrained(folder)
            except Exception as error:
                print(name, "REFUSED", type(error).__name__, str(error)[:150])
                continue
            if args.show:
                text = strings[int(args.show[1])]
                row = tokenizer(text, return_offsets_mapping=tokenizer.is_fast)
                print(type(tokenizer).__name__, repr(text), list(zip(row["input_ids"], tokenizer.convert_ids_to_tokens(row["input_ids"]), row.get("offset_mapping", row["input_ids"]))))
                print(tokenizer.is_fast and tokenizer.backend_tokenizer.normalizer, tokenizer.is_fast and tokenizer.backend_tokenizer.pre_tokenizer, sorted(tokenizer.added_tokens_decoder.items()))
                return
            rows = record(tokenizer, strings[:count], tokenizer.is_fast and name not in PLACES_OF_FILE)
            out[name] = {"files": files, "config": {"model_type": model_type}, "beside": {"tokenizer_config.json": config, **beside}, **rows}
            print(name, type(tokenizer).__name__, len(tokenizer))
    if not args.show:
        out.update({f"spm-{name}": raw(name, shared[name], strings) for name in shared if name.endswith(".model")})
    (args.out / "auto").mkdir(exist_ok=True)
    for name, data in shared.items():
        if not (args.out / f"golden-{name}.gz").exists():
            (args.out / "auto" / f"{name}.gz").write_bytes(gzip.compress(data, mtime=0))
    text = json.dumps(out, separators=(",", ":")).encode()
    (args.out / "auto.json.gz").write_bytes(gzip.compress(text, mtime=0))


if __name__ == "__main__":
    main()
