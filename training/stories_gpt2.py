"""Trains models/stories-gpt2: a small GPT-2 on short stories, with repeated passages so that induction heads form.

Olsson et al. 2022, "In-context Learning and Induction Heads", describes the heads that the repeats are for.
"""
import random
from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional as F
from transformers import GPT2Config, GPT2LMHeadModel

import data
import loop
import tokenizer
from export import check, export
from measure import induction, previous_token

VOCABULARY = 2048
LENGTH = 256
LONG = 512
ROWS = 16
IGNORE = -100


def configuration() -> GPT2Config:
    return GPT2Config(vocab_size=VOCABULARY, n_positions=LONG, n_embd=160, n_layer=5, n_head=5, bos_token_id=0,
                      eos_token_id=0, resid_pdrop=0.05, embd_pdrop=0.05, attn_pdrop=0.0, initializer_range=0.04,
                      activation_function="gelu_pytorch_tanh")


class Rows:
    """Makes training rows from the tokenized texts: stories, book passages and repeats."""

    def __init__(self, stories: list[list[int]], books: list[list[int]], sentences: list[list[int]], steps: int):
        self.sources = {"stories": stories, "books": books, "sentences": sentences}
        self.steps = steps

    def repeat_share(self, step: int) -> float:
        """Three rows of ten at first; one of twelve from the second quarter on, when the heads that copy are there."""
        return 0.03 if self.late(step) else max(0.08, 0.3 - step / self.steps)

    def late(self, step: int) -> bool:
        """The last fifth: few repeats and none of story text, because the model ran in circles before (it still does, somewhat less)."""
        return step >= 0.8 * self.steps

    def batch(self, step: int) -> tuple[Tensor, Tensor]:
        length = self.length(step)
        rows = [self.row(length, step) for _ in range(ROWS * LENGTH // length)]
        return torch.tensor([r[0] for r in rows]), torch.tensor([r[1] for r in rows])

    def length(self, step: int) -> int:
        """Short rows in the first quarter (cheaper, and heads that copy form sooner), then mostly 256, some 512."""
        if step < self.steps // 4:
            return LENGTH // 2
        return LONG if random.random() < 0.1 else LENGTH

    def row(self, length: int, step: int) -> tuple[list[int], list[int]]:
        if random.random() < self.repeat_share(step):
            return self.repeated(length, 1.0 if self.late(step) else 0.5)
        ids = self.text(length)
        return ids, ids

    def text(self, length: int) -> list[int]:
        """Texts of one kind joined by the end token; half of the rows begin where a text begins."""
        kind = random.choices(("stories", "books", "sentences"), (0.83, 0.1, 0.07))[0]
        ids = list(random.choice(self.sources[kind]))
        if random.random() < 0.5:
            ids = ids[random.randrange(len(ids)):]
        while len(ids) < length:
            ids += [0] + random.choice(self.sources[kind])
        return ids[:length]

    def repeated(self, length: int, random_share: float) -> tuple[list[int], list[int]]:
        """Spans that come two to four times, of random tokens or of story text (then sometimes with words between)."""
        ids, targets = [], []
        while len(ids) < length:
            more, answers = self.random_repeats() if random.random() < random_share else self.text_repeats()
            ids += more
            targets += answers
        return ids[:length], targets[:length]

    def random_repeats(self) -> tuple[list[int], list[int]]:
        """The loss leaves out what cannot be foreseen: the first time, and where the span begins again."""
        span = [random.randrange(1, VOCABULARY) for _ in range(random.randint(4, 60))]
        times = random.randint(2, 4)
        return span * times, [IGNORE] * len(span) + ([IGNORE] + span[1:]) * (times - 1)

    def text_repeats(self) -> tuple[list[int], list[int]]:
        span, ids = self.text_span(), []
        for _ in range(random.randint(2, 4)):
            between = [] if random.random() < 0.5 else self.text_span()[:random.randint(1, 12)]
            ids = ids + between + span
        return ids, ids

    def text_span(self) -> list[int]:
        ids = random.choice(self.sources["stories"])
        start = random.randrange(max(1, len(ids) - 60))
        return ids[start:start + random.randint(4, 60)]


def loss_of(model: GPT2LMHeadModel, ids: Tensor, targets: Tensor) -> Tensor:
    logits = model(input_ids=ids, use_cache=False).logits
    return F.cross_entropy(logits[:, :-1].flatten(0, 1).float(), targets[:, 1:].flatten(), ignore_index=IGNORE)


def validation_rows(coder: Tokenizer, corpora, rows: int = 32) -> Tensor:
    ids = coder.encode(data.validation_stories(corpora)).ids
    return torch.tensor(ids[:rows * LENGTH]).view(rows, LENGTH)


def measured(model: GPT2LMHeadModel, rows: Tensor) -> dict[str, float]:
    """Loss on held-out stories, and the best previous-token and induction score over all heads."""
    device = rows.device
    loss = loss_of(model, rows, rows).item()
    repeated = torch.randint(1, VOCABULARY, (4, 32), generator=torch.Generator().manual_seed(7)).repeat(1, 2).to(device)
    on_repeats = torch.stack(model(input_ids=repeated, output_attentions=True).attentions)
    on_stories = torch.stack(model(input_ids=rows[:4, :64], output_attentions=True).attentions)
    return {"valid": loss, "induction": induction(on_repeats, 32).max().item(),
            "previous": previous_token(on_stories).max().item()}


def coder_of(kept: Path, texts: list[str]) -> Tokenizer:
    """The tokenizer of the first run, so that a resumed run keeps its ids even if the texts have changed."""
    if not kept.exists():
        tokenizer.byte_level(texts, VOCABULARY).save(str(kept))
    return Tokenizer.from_file(str(kept))


def main() -> None:
    options = loop.arguments(__doc__, steps=7000)
    device = loop.prepare(options)
    stories, books = data.stories(options.corpora), data.books(options.corpora)
    lines = [english for english, _ in data.translations(options.corpora, "fra") + data.translations(options.corpora, "deu")]
    random.shuffle(lines)
    sentences = [" ".join(lines[i:i + 8]) for i in range(0, len(lines), 8)]
    coder = coder_of(options.work / "tokenizer.json", stories + books[::8] + sentences[::8])
    tokenizer.save(coder, options.out, bos_token="<|endoftext|>", eos_token="<|endoftext|>", model_max_length=LONG)
    coded = [[e.ids for e in coder.encode_batch(texts)] for texts in (stories, books, sentences)]
    print("tokens", [sum(map(len, texts)) for texts in coded], flush=True)

    model = GPT2LMHeadModel._from_config(configuration(), attn_implementation="eager").to(device)
    fast_loss = torch.compile(loss_of, dynamic=False) if options.compile else loss_of
    valid = validation_rows(coder, options.corpora).to(device)
    maker = Rows(*coded, steps=options.steps)

    def step_loss(step: int) -> Tensor:
        ids, targets = maker.batch(step)
        with torch.autocast(device.type, torch.bfloat16):
            return fast_loss(model, ids.to(device), targets.to(device))

    plan = loop.Plan(steps=0 if options.export_only else options.steps, rate=3e-3)
    state = loop.train(model, step_loss, lambda: measured(model, valid), plan, options.work, options.seed)
    export(model, options.out, config={"activation_function": "gelu_new"})
    loop.write_log(state, options.out / "loss.csv")
    print("export: rounding, file", check(model, options.out, input_ids=valid[:2].cpu()))


if __name__ == "__main__":
    main()
