"""Measures the heads of an exported model and writes heads.json beside it; the texts are the ones in its model card.

    python measure_heads.py ../models/stories-gpt2
"""
import argparse
import json
from pathlib import Path

import torch
from torch import Tensor
from transformers import AutoConfig, AutoModelForCausalLM, AutoModelForMaskedLM, AutoTokenizer, MarianMTModel

import measure
from texts import ALIGNED, DOCTOR, LIST, NAMES, PAIRS, STORY

REPEATED_PERIOD = 24


def attention_of(model, **inputs: Tensor) -> Tensor:
    """[layers, batch, heads, queries, keys]"""
    with torch.no_grad():
        return torch.stack(model(**inputs, output_attentions=True).attentions)


def best(scores: Tensor, count: int = 3) -> list[dict]:
    """The `count` highest heads, named layer.head."""
    order = scores.flatten().argsort(descending=True)[:count].tolist()
    heads = scores.shape[1]
    return [{"head": f"{i // heads}.{i % heads}", "score": round(scores.flatten()[i].item(), 3)} for i in order]


def fact(name: str, definition: str, text: str | list, scores: Tensor) -> dict:
    return {"name": name, "definition": definition, "text": text, "best": best(scores),
            "all": [[round(v, 3) for v in row] for row in scores.tolist()]}


def repeated_ids(vocabulary: int) -> Tensor:
    """The same random tokens twice; seed 11."""
    return torch.randint(5, vocabulary, (1, REPEATED_PERIOD), generator=torch.Generator().manual_seed(11)).repeat(1, 2)


def decoder_facts(folder: Path) -> list[dict]:
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager").eval()
    coder = AutoTokenizer.from_pretrained(folder)

    def code(text: str) -> Tensor:
        return coder(text, return_tensors="pt")["input_ids"]

    story = attention_of(model, input_ids=code(STORY))
    repeated = repeated_ids(model.config.vocab_size)
    names = code(NAMES)
    found = [
        fact("previous token", "mean attention from position i to i-1, i >= 1", STORY, measure.previous_token(story)),
        fact("first token", "mean attention to position 0, queries >= 1", STORY, measure.first_token(story)),
        fact("same word", "mean attention to earlier copies of the query's token, queries that have one", STORY,
             measure.earlier_same_word(story, code(STORY))),
        fact("induction", f"mean attention from a token of the second half to the token after its previous occurrence; "
             f"{REPEATED_PERIOD} random tokens twice", repeated[0].tolist(),
             measure.induction(attention_of(model, input_ids=repeated), REPEATED_PERIOD)),
        fact("induction on names", "mean attention from a repeated token to the tokens after its earlier occurrences",
             NAMES, after_copies(attention_of(model, input_ids=names), names)),
        fact("comma to comma", "mean attention from a comma to earlier commas", LIST, commas(model, coder)),
    ]
    return found + doctor_nurse(model, coder)


def after_copies(attention: Tensor, ids: Tensor) -> Tensor:
    copies = (ids[:, :, None] == ids[:, None, :]).tril(-1)
    after = copies.roll(1, dims=2)
    after[:, :, 0] = False
    return measure.mean_mass(attention, after, after.any(-1))


def commas(model, coder) -> Tensor:
    ids = coder(LIST, return_tensors="pt")["input_ids"]
    comma = ids == coder(",")["input_ids"][0]
    keys = (comma[:, :, None] & comma[:, None, :]).tril(-1)
    return measure.mean_mass(attention_of(model, input_ids=ids), keys, keys.any(-1))


def doctor_nurse(model, coder) -> list[dict]:
    """Attention from the last pronoun to the tokens of each noun, and how She and He differ."""
    shares = {}
    for pronoun in ("She", "He"):
        text = f"{DOCTOR} {pronoun}"
        coded = coder(text, return_offsets_mapping=True, return_tensors="pt")
        attention = attention_of(model, input_ids=coded["input_ids"])[:, 0, :, -1]
        for noun in ("doctor", "nurse"):
            start = text.index(noun)
            inside = [start - 1 <= a and b <= start + len(noun) for a, b in coded["offset_mapping"][0].tolist()]
            shares[pronoun, noun] = attention[..., torch.tensor(inside)].sum(-1)
    lean = {p: shares[p, "nurse"] - shares[p, "doctor"] for p in ("She", "He")}
    change = lean["She"] - lean["He"]
    at = int(change.abs().argmax())
    layer, head = divmod(at, change.shape[1])
    row = {f"{p} to {n}": round(shares[p, n][layer, head].item(), 3) for p in ("She", "He") for n in ("doctor", "nurse")}
    return [{"name": "she and he", "definition": "the head where attention to nurse minus attention to doctor differs most "
             "between She and He", "text": f"{DOCTOR} She / He", "best": [{"head": f"{layer}.{head}",
             "score": round(change[layer, head].item(), 3), **row}], "all": [[round(v, 3) for v in r] for r in change.tolist()]}]


def encoder_facts(folder: Path) -> list[dict]:
    model = AutoModelForMaskedLM.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager").eval()
    coder = AutoTokenizer.from_pretrained(folder)
    story = coder(STORY, return_tensors="pt", truncation=True)
    attention = attention_of(model, **story)
    found = [fact("previous token", "mean attention from position i to i-1, i >= 1", STORY, measure.previous_token(attention)),
             fact("next token", "mean attention from position i to i+1", STORY, measure.next_token(attention)),
             fact("first token", "mean attention to [CLS], other queries", STORY, measure.first_token(attention))]
    for first, second in PAIRS:
        pair = coder(first, second, return_tensors="pt")
        ids, types = pair["input_ids"], pair["token_type_ids"]
        content = (ids > coder.sep_token_id) & (ids != coder.sep_token_id)
        attention = attention_of(model, **pair)
        found.append(fact("cross-sentence", "mean attention from content tokens to content tokens of the other sentence",
                          [first, second], measure.cross_sentence(attention, content, types)))
        if (first, second) == PAIRS[0]:
            found.append(fact("same word", "mean attention to other copies of the query's token, queries that have one",
                              [first, second], measure.same_word(attention, ids)))
    return found


def translation_facts(folder: Path) -> list[dict]:
    """Cross attention against hand-listed word pairs: share of target words whose strongest source is the right word."""
    model = MarianMTModel.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager").eval()
    coder = AutoTokenizer.from_pretrained(folder)
    config = model.config
    right = torch.zeros(2, config.decoder_layers, config.decoder_attention_heads)
    asked = 0
    for english, german, links in ALIGNED:
        source, target = coder(english, return_tensors="pt"), coder(german, return_tensors="pt")["input_ids"]
        starts = torch.cat([torch.full((1, 1), config.decoder_start_token_id), target], 1)
        with torch.no_grad():
            cross = torch.stack(model(input_ids=source["input_ids"], decoder_input_ids=starts, output_attentions=True)
                                .cross_attentions)[:, 0]
        sources, targets = words(coder, english), words(coder, german)
        for german_word, english_word in links:
            keys = torch.tensor(sources[english_word])
            for shift in (0, 1):
                rows = torch.tensor(targets[german_word]) + shift
                mass = torch.stack([cross[..., rows, :][..., torch.tensor(s)].sum(-1).mean(-1) for s in sources], -1)
                right[shift] += mass.argmax(-1) == english_word
            asked += 1
    text = [[english, german] for english, german, _ in ALIGNED]
    names = ("the row that predicts the word", "the row that reads the word")
    return [fact(f"alignment, {name}", f"share of {asked} hand-linked German words whose strongest English word, summed over "
                 f"its pieces, is the right one ({name})", text, right[i] / asked) for i, name in enumerate(names)]


def words(coder, text: str) -> list[list[int]]:
    """Token positions of each white-space word."""
    offsets = coder(text, return_offsets_mapping=True)["offset_mapping"]
    spans, at = [], 0
    for word in text.split():
        start = text.index(word, at)
        at = start + len(word)
        spans.append((start, at))
    return [[i for i, (a, b) in enumerate(offsets) if a < end and b > start] for start, end in spans]


def table(facts: list[dict]) -> str:
    """The facts as the table of the model card."""
    lines = ["| what | heads (score) | definition | text |", "|---|---|---|---|"]
    for found in facts:
        heads = ", ".join(f"{row['head']} ({row['score']:.2f})" for row in found["best"])
        lines.append(f"| {found['name']} | {heads} | {found['definition']} | {shown(found['text'])} |")
    return "\n".join(lines)


def shown(text: str | list) -> str:
    """Short texts as they are; token ids and lists of sentences are in heads.json."""
    if isinstance(text, list) and len(text) == 2 and isinstance(text[0], str):
        return f"A: {text[0]} B: {text[1]}"
    if isinstance(text, list):
        return "ids in heads.json" if isinstance(text[0], int) else "sentences in training/texts.py"
    return "the story in training/texts.py" if len(text) > 150 else text


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    kind = AutoConfig.from_pretrained(folder).model_type
    facts = {"gpt2": decoder_facts, "bert": encoder_facts, "marian": translation_facts}[kind](folder)
    (folder / "heads.json").write_text(json.dumps(facts, ensure_ascii=False) + "\n")
    print(table(facts))
    pronouns = [row for found in facts for row in found["best"] if "She to nurse" in row]
    print(*pronouns)


if __name__ == "__main__":
    main()
