"""Prints sample outputs of an exported model, as quoted in its card.

    python samples.py ../models/stories-gpt2
"""
import argparse
from pathlib import Path

import torch
from transformers import AutoConfig, AutoModelForCausalLM, AutoModelForMaskedLM, AutoTokenizer, MarianMTModel

PROMPTS = ("Once upon a time, there was a", "One day, Tom and his dog", "Lily was sad because")
MASKED = (("The little [MASK] wagged its tail.", None), ("Once [MASK] a time, there was a little girl.", None),
          ("She opened the [MASK] and went inside.", None), ("The sun was bright and the sky was [MASK].", None),
          ("Tom has a green boat.", "The boat is [MASK]."), ("The cat sat on the mat.", "The [MASK] lay on the rug."))
ENGLISH = ("I like your dog.", "Where is my book?", "Tom is very tired.", "She can swim well.", "I don't want to go home.",
           "He bought a new car.", "We have no time.", "Are you hungry?", "My brother works here.", "I will help you tomorrow.")


def tell(folder: Path) -> None:
    """Greedy, then drawn at temperature 0.7 with seed 1."""
    model, coder = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32), AutoTokenizer.from_pretrained(folder)
    for prompt in PROMPTS:
        inputs = coder(prompt, return_tensors="pt")
        for settings in ({"do_sample": False}, {"do_sample": True, "temperature": 0.7, "top_k": 40}):
            torch.manual_seed(1)
            print(settings, "\n", coder.decode(model.generate(**inputs, max_new_tokens=150, pad_token_id=0, **settings)[0]), "\n")


def fill(folder: Path) -> None:
    model, coder = AutoModelForMaskedLM.from_pretrained(folder, dtype=torch.float32), AutoTokenizer.from_pretrained(folder)
    for first, second in MASKED:
        inputs = coder(first, second, return_tensors="pt")
        at = int((inputs["input_ids"][0] == coder.mask_token_id).nonzero()[0])
        with torch.no_grad():
            chances = model(**inputs).logits[0, at].softmax(-1).topk(5)
        words = [f"{coder.decode([i])} {p:.2f}" for p, i in zip(chances.values.tolist(), chances.indices.tolist())]
        print(first, second or "", "->", ", ".join(words))


def translate(folder: Path) -> None:
    model, coder = MarianMTModel.from_pretrained(folder, dtype=torch.float32), AutoTokenizer.from_pretrained(folder)
    for text in ENGLISH:
        inputs = coder(text, return_tensors="pt")
        out = model.generate(input_ids=inputs["input_ids"], attention_mask=inputs["attention_mask"], max_new_tokens=40)
        print(text, "->", coder.decode(out[0], skip_special_tokens=True))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    {"gpt2": tell, "bert": fill, "marian": translate}[AutoConfig.from_pretrained(folder).model_type](folder)


if __name__ == "__main__":
    main()
