"""Trains models/translate-en-de: a small encoder-decoder (Marian layout) on short English-German sentences.

Vaswani et al. 2017 is the recipe (label smoothing, sinusoidal positions, shared embeddings). Beside single sentences it
sees two or three joined ones, so that it does not lose its way in longer texts.
"""
import random

import torch
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional as F
from transformers import MarianConfig, MarianMTModel

import data
import loop
import tokenizer
from export import check, export

VOCABULARY = 4096
SHORT = 16
LENGTH = 40
ROWS = 192
PAD, END = 0, 1
HELD_OUT = 500

Ids = list[int]


def configuration() -> MarianConfig:
    return MarianConfig(
        vocab_size=VOCABULARY, decoder_vocab_size=VOCABULARY, d_model=144, encoder_layers=3, decoder_layers=3,
        encoder_attention_heads=4, decoder_attention_heads=4, encoder_ffn_dim=576, decoder_ffn_dim=576, dropout=0.1,
        attention_dropout=0.0, activation_dropout=0.0, activation_function="relu", max_position_embeddings=128,
        scale_embedding=True, share_encoder_decoder_embeddings=True, tie_word_embeddings=True, pad_token_id=PAD,
        eos_token_id=END, forced_eos_token_id=END, decoder_start_token_id=PAD, num_beams=1, init_std=0.04)


def joined(pairs: list[tuple[Ids, Ids]], limit: int) -> tuple[Ids, Ids]:
    """One pair, or sometimes two or three in a row where they fit (without their end tokens)."""
    source, target = random.choice(pairs)
    if limit > SHORT:
        for _ in range(random.randint(1, 2)):
            a, b = random.choice(pairs)
            if max(len(source) + len(a), len(target) + len(b)) < limit:
                source, target = source + a, target + b
    return source[:limit - 1], target[:limit - 1]


def batch(pairs: list[tuple[Ids, Ids]], length: int, rows: int) -> tuple[Tensor, Tensor]:
    """Source and target [rows, length], each ended and padded."""
    chosen = [joined(pairs, length) for _ in range(rows)]
    sides = [[ids + [END] + [PAD] * (length - 1 - len(ids)) for ids in side] for side in zip(*chosen)]
    return torch.tensor(sides[0]), torch.tensor(sides[1])


def loss_of(model: MarianMTModel, source: Tensor, target: Tensor, smoothing: float) -> Tensor:
    shifted = F.pad(target[:, :-1], (1, 0), value=PAD)
    logits = model(input_ids=source, attention_mask=(source != PAD).long(), decoder_input_ids=shifted,
                   use_cache=False).logits
    return F.cross_entropy(logits.flatten(0, 1).float(), target.flatten(), ignore_index=PAD, label_smoothing=smoothing)


def measured(model: MarianMTModel, valid: tuple[Tensor, Tensor]) -> dict[str, float]:
    """Loss per token on held-out sentences (at most 15 tokens), given the right words so far."""
    source, target = valid
    return {"valid": loss_of(model, source, target, 0.0).item()}


def exact_share(model: MarianMTModel, coder: Tokenizer, pairs: list[tuple[str, str]], asked: list[str]) -> float:
    """Share of the sentences whose greedy translation is word for word one of the translations in the corpus."""
    references: dict[str, set[str]] = {}
    for english, german in pairs:
        references.setdefault(english, set()).add(german)
    right = 0
    for english in asked:
        out = model.generate(input_ids=torch.tensor([coder.encode(english).ids]), max_new_tokens=LENGTH)
        right += coder.decode(out[0].tolist()) in references[english]
    return right / len(asked)


def main() -> None:
    options = loop.arguments(__doc__, steps=2750)
    device = loop.prepare(options)
    pairs = sorted(set(data.translations(options.corpora, "deu")))
    random.Random(0).shuffle(pairs)
    held_english = {english for english, _ in pairs[:HELD_OUT]}
    known = [pair for pair in pairs if pair[0] not in held_english]
    coder = tokenizer.shared_pieces((text for pair in known for text in pair), VOCABULARY)
    tokenizer.save(coder, options.out, pad_token="<pad>", eos_token="</s>", unk_token="<unk>", model_max_length=128)

    def code(some: list[tuple[str, str]]) -> list[tuple[Ids, Ids]]:
        sides = [[e.ids for e in coder.encode_batch(list(side), add_special_tokens=False)] for side in zip(*some)]
        return list(zip(*sides))

    coded, held = code(known), code(pairs[:HELD_OUT])
    print("pairs", len(coded), "longest", max(max(map(len, pair)) for pair in coded), flush=True)
    random.seed(0)
    ended = [[ids[:SHORT - 1] + [END] + [PAD] * (SHORT - 1 - len(ids)) for ids in side] for side in zip(*held)]
    valid = tuple(torch.tensor(side).to(device) for side in ended)

    model = MarianMTModel._from_config(configuration(), attn_implementation="eager").to(device)
    fast_loss = torch.compile(loss_of, dynamic=False) if options.compile else loss_of

    def step_loss(step: int) -> Tensor:
        length = LENGTH if random.random() < 0.3 else SHORT
        source, target = batch(coded, length, ROWS * SHORT // length)
        with torch.autocast(device.type, torch.bfloat16):
            return fast_loss(model, source.to(device), target.to(device), 0.1)

    plan = loop.Plan(steps=0 if options.export_only else options.steps, rate=2e-3)
    state = loop.train(model, step_loss, lambda: measured(model, valid), plan, options.work, options.seed)
    export(model, options.out)
    loop.write_log(state, options.out / "loss.csv")
    print("export: rounding, file", check(model, options.out, input_ids=valid[0][:2].cpu(),
                                                   decoder_input_ids=valid[1][:2].cpu()))
    print("held-out sentences translated word for word", exact_share(model, coder, pairs, sorted(held_english)))


if __name__ == "__main__":
    main()
