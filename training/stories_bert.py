"""Trains models/stories-bert: a small BERT that fills masked words and judges sentence pairs.

Half of the pairs say the same thing twice with different words masked, so that looking a word up in the other
sentence pays off; Vig 2019 shows such heads in BERT (his Figure 3). Devlin et al. 2018 is the base recipe.
"""
import random
import re

import torch
from torch import Tensor
from torch.nn import functional as F
from transformers import BertConfig, BertForMaskedLM, BertForPreTraining

import data
import loop
import tokenizer
from export import check, export
from measure import cross_sentence

VOCABULARY = 3072
LENGTH = 64
LONG = 128
ROWS = 64
MASKED_SHARE = 0.2
PAD, UNKNOWN, CLS, SEP, MASK = range(5)
IGNORE = -100

Ids = list[int]


def configuration() -> BertConfig:
    return BertConfig(vocab_size=VOCABULARY, hidden_size=128, num_hidden_layers=4, num_attention_heads=4,
                      intermediate_size=512, max_position_embeddings=LONG, type_vocab_size=2, pad_token_id=PAD,
                      hidden_dropout_prob=0.05, attention_probs_dropout_prob=0.0, initializer_range=0.04)


class Pairs:
    """Makes sentence pairs (A, B, same) from tokenized sentences of stories and from paraphrases."""

    def __init__(self, texts: list[list[Ids]], paraphrases: list[tuple[Ids, Ids]]):
        self.texts = [text for text in texts if len(text) >= 4]
        self.paraphrases = paraphrases

    def pair(self, room: int) -> tuple[Ids, Ids, int]:
        make = random.choices((self.following, self.unrelated, self.copied, self.rephrased, self.mixed_up),
                              (0.3, 0.15, 0.3, 0.18, 0.07))[0]
        return make(room // 2)

    def span(self, room: int) -> tuple[list[Ids], int, Ids]:
        """Whole sentences of one text that fit in `room`, with the number of the sentence after them."""
        text = random.choice(self.texts)
        end = random.randrange(len(text))
        ids: Ids = []
        while end < len(text) and (not ids or len(ids) + len(text[end]) <= room):
            ids = ids + text[end]
            end += 1
        return text, end, ids[:room]

    def following(self, room: int) -> tuple[Ids, Ids, int]:
        text, end, first = self.span(room)
        second: Ids = []
        while end < len(text) and len(second) < room:
            second = second + text[end]
            end += 1
        return (first, second[:room], 1) if second else self.following(room)

    def unrelated(self, room: int) -> tuple[Ids, Ids, int]:
        return self.span(room)[2], self.span(room)[2], 0

    def copied(self, room: int) -> tuple[Ids, Ids, int]:
        """B is A with a few words left out, or with its sentence begun later."""
        ids = self.span(room)[2]
        drop = random.choice((0.0, 0.0, 0.1, 0.2))
        start = random.randrange(max(1, len(ids) // 3)) if random.random() < 0.5 else 0
        return ids, [i for i in ids[start:] if random.random() >= drop] or ids, 1

    def rephrased(self, room: int) -> tuple[Ids, Ids, int]:
        """Several paraphrases in a row, in the same order on both sides."""
        first, second = random.choice(self.paraphrases)
        while random.random() < 0.6:
            a, b = random.choice(self.paraphrases)
            if max(len(first) + len(a), len(second) + len(b)) > room:
                break
            first, second = first + a, second + b
        return first[:room], second[:room], 1

    def mixed_up(self, room: int) -> tuple[Ids, Ids, int]:
        return random.choice(self.paraphrases)[0][:room], random.choice(self.paraphrases)[1][:room], 0


def mask(ids: Ids, slots: int) -> tuple[Ids, Ids, Ids]:
    """Hides words: of the chosen ones 80 % become [MASK], 10 % another word. Returns ids, positions and their answers."""
    candidates = [i for i, token in enumerate(ids) if token > MASK]
    chosen = random.sample(candidates, min(slots, max(1, round(MASKED_SHARE * len(candidates)))))
    answers = [ids[i] for i in chosen] + [IGNORE] * (slots - len(chosen))
    shown = list(ids)
    for i in chosen:
        luck = random.random()
        shown[i] = MASK if luck < 0.8 else random.randrange(MASK + 1, VOCABULARY) if luck < 0.9 else ids[i]
    return shown, chosen + [0] * (slots - len(chosen)), answers


def batch(pairs: Pairs, length: int, rows: int) -> dict[str, Tensor]:
    """One batch of `rows` pairs padded to `length`."""
    made: dict[str, list] = {"ids": [], "types": [], "where": [], "answers": [], "same": []}
    for _ in range(rows):
        first, second, same = pairs.pair(length - 3)
        ids = [CLS, *first, SEP, *second, SEP]
        shown, where, answers = mask(ids, round(MASKED_SHARE * length))
        pad = length - len(ids)
        values = (shown + [PAD] * pad, [0] * (len(first) + 2) + [1] * (len(second) + 1) + [0] * pad, where, answers, same)
        for name, value in zip(made, values):
            made[name].append(value)
    return {name: torch.tensor(value) for name, value in made.items()}


def losses(model: BertForPreTraining, made: dict[str, Tensor]) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Loss of the masked words and of the pairs, and the logits of both."""
    found = model.bert(made["ids"], token_type_ids=made["types"], attention_mask=(made["ids"] != PAD).long())
    hidden = found.last_hidden_state
    picked = hidden.gather(1, made["where"][..., None].expand(-1, -1, hidden.shape[-1]))
    words, same = model.cls(picked, found.pooler_output)
    words_loss = F.cross_entropy(words.flatten(0, 1).float(), made["answers"].flatten(), ignore_index=IGNORE)
    return words_loss, F.cross_entropy(same.float(), made["same"]), words, same


def total_loss(model: BertForPreTraining, made: dict[str, Tensor]) -> Tensor:
    words, same, *_ = losses(model, made)
    return words + 0.5 * same


def sentences(text: str) -> list[str]:
    return [s for s in re.split(r"(?<=[.!?])\s+(?=\S)|\n", text) if s.strip()]


def measured(model: BertForPreTraining, made: dict[str, Tensor]) -> dict[str, float]:
    """On held-out pairs: loss and share right of masked words, share right of pairs, best cross-sentence head."""
    words_loss, _, words, same = losses(model, made)
    asked = made["answers"] != IGNORE
    attention = model.bert(made["ids"][:16], token_type_ids=made["types"][:16], output_attentions=True,
                           attention_mask=(made["ids"][:16] != PAD).long()).attentions
    crossing = cross_sentence(torch.stack(attention), made["ids"][:16] > SEP, made["types"][:16])
    return {"valid": words_loss.item(), "words_right": (words.argmax(-1) == made["answers"])[asked].float().mean().item(),
            "pairs_right": (same.argmax(-1) == made["same"]).float().mean().item(), "crossing": crossing.max().item()}


def masked_model(model: BertForPreTraining) -> BertForMaskedLM:
    """The same network without the pair head."""
    masked = BertForMaskedLM(model.config)
    masked.load_state_dict(model.state_dict(), strict=False)
    masked.tie_weights()
    return masked.eval()


def main() -> None:
    options = loop.arguments(__doc__, steps=5500)
    device = loop.prepare(options)
    texts = data.stories(options.corpora) + data.books(options.corpora)
    pairs = data.paraphrases(options.corpora)
    random.Random(0).shuffle(pairs)
    coder = tokenizer.word_piece(texts + [" ".join(pair) for pair in pairs[::20]], VOCABULARY)
    tokenizer.save(coder, options.out, tokenizer_class="BertTokenizer", do_lower_case=True, model_max_length=LONG,
                   pad_token="[PAD]", unk_token="[UNK]", cls_token="[CLS]", sep_token="[SEP]", mask_token="[MASK]")

    def code(lines: list[str]) -> list[Ids]:
        return [encoding.ids for encoding in coder.encode_batch(lines, add_special_tokens=False)]

    coded = list(zip(code([a for a, _ in pairs]), code([b for _, b in pairs])))
    held = Pairs([code(sentences(t)) for t in data.validation_stories(options.corpora).split("\nOnce upon")], coded[:500])
    maker = Pairs([code(sentences(text)) for text in texts], coded[500:])
    print("sentences", sum(map(len, maker.texts)), "paraphrases", len(pairs), flush=True)
    valid = {name: value.to(device) for name, value in batch(held, LENGTH, 256).items()}

    model = BertForPreTraining._from_config(configuration(), attn_implementation="eager").to(device)
    fast_loss = torch.compile(total_loss, dynamic=False) if options.compile else total_loss

    def step_loss(step: int) -> Tensor:
        length = LONG if random.random() < 0.1 else LENGTH
        made = {name: value.to(device) for name, value in batch(maker, length, ROWS * LENGTH // length).items()}
        with torch.autocast(device.type, torch.bfloat16):
            return fast_loss(model, made)

    plan = loop.Plan(steps=0 if options.export_only else options.steps, rate=2e-3)
    state = loop.train(model, step_loss, lambda: measured(model, valid), plan, options.work, options.seed)
    final = masked_model(model.cpu())
    export(final, options.out)
    loop.write_log(state, options.out / "loss.csv")
    print("export: rounding, file", check(final, options.out, input_ids=valid["ids"][:2].cpu()))


if __name__ == "__main__":
    main()
