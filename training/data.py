"""Reads the corpora: simple English stories and books, and sentence pairs in two languages.

The folder layout and the licence of every file are described in README.md. Nothing is downloaded.
"""
import gzip
import re
from collections import Counter
from pathlib import Path

END_OF_STORY = "<|endoftext|>"
SAYING = r"(?:said|asked|cried|shouted|replied|yelled|called|answered|whispered|exclaimed|says|thought)\b"
SPEAKER = r"(?:(?:he|she|they|it|(?:the|a|his|her|their) \w+(?: \w+)?) )?"
SENTENCE_START = re.compile(rf"""(^"?|[.!?]\s+"?|[.!?]['"]\s+(?!{SPEAKER}{SAYING})"?|\n"?|[,:]\s+")([a-z])""")
WORD = re.compile(r"[A-Za-z]+")


def read(path: Path) -> str:
    return gzip.decompress(path.read_bytes()).decode("utf-8")


def tidy(text: str) -> str:
    """Straight quotes, plain dashes, single spaces: fewer spellings of the same thing for a small vocabulary."""
    for curly, plain in (("“", '"'), ("”", '"'), ("‘", "'"), ("’", "'"), ("—", " - "), ("–", "-"), ("…", "...")):
        text = text.replace(curly, plain)
    text = re.sub(r"[ \t]+", " ", text)
    return re.sub(r" ?\n\s*", "\n", text).strip()


def cased_stories(corpora: Path) -> list[str]:
    """The stories that keep their capital letters (TinyStories, and the GPT-4 written part)."""
    files = ("train-head", "v2-valid-head")
    texts = "\n".join(f"{read(corpora / 'tinystories' / f'{name}.txt.gz')}\n{END_OF_STORY}" for name in files)
    return [story for story in map(tidy, texts.split(END_OF_STORY)) if len(story) > 200]


def lower_stories(corpora: Path) -> list[str]:
    """Stories in lower case; paragraphs are blank-line separated and a single newline ends a story."""
    text = read(corpora / "tinystories" / "train-next.lower.txt.gz")
    return [story for story in map(tidy, re.split(r"(?<!\n)\n(?!\n)", text)) if len(story) > 200]


def validation_stories(corpora: Path, characters: int = 200_000) -> str:
    return tidy(read(corpora / "tinystories" / "valid-head.txt.gz")[:characters])


def capital_words(stories: list[str]) -> set[str]:
    """Words that stand in capitals inside sentences more often than not: names, weekdays, I."""
    capital, small = Counter(), Counter()
    for story in stories:
        for match in WORD.finditer(story):
            before = story[max(0, match.start() - 2):match.start()]
            if re.fullmatch(r"[a-z,] ", before):
                (capital if match[0][0].isupper() else small)[match[0].lower()] += 1
    return {word for word, count in capital.items() if count > max(2, small[word]) and len(word) > 1} | {"i"}


def restore_capitals(story: str, capitals: set[str]) -> str:
    """Guesses the capital letters of a lower-case story from its sentence starts and a list of names."""
    story = WORD.sub(lambda m: m[0].capitalize() if m[0] in capitals else m[0], story)
    return SENTENCE_START.sub(lambda m: m[1] + m[2].upper(), story)


def stories(corpora: Path) -> list[str]:
    """All training stories with capitals (guessed where the source has none)."""
    cased = cased_stories(corpora)
    capitals = capital_words(cased)
    return cased + [restore_capitals(story, capitals) for story in lower_stories(corpora)]


def books(corpora: Path, characters: int = 1500) -> list[str]:
    """Fairy tales and the plainest children's books, as passages of whole paragraphs."""
    paths = sorted((corpora / "fairytales").glob("*.txt.gz"))
    paths += [corpora / "chilit" / f"{name}.txt.gz" for name in ("railway", "beauty", "bunny", "rabbit", "jemima", "mice")]
    return [passage for path in paths for passage in passages(read(path), characters)]


def passages(text: str, characters: int) -> list[str]:
    found, current = [], ""
    for paragraph in re.split(r"\n\s*\n", text):
        paragraph = tidy(paragraph).replace("\n", " ")
        if len(paragraph) < 40 or paragraph.isupper():
            continue
        current = f"{current}\n{paragraph}" if current else paragraph
        if len(current) > characters:
            found.append(current)
            current = ""
    return found


def translations(corpora: Path, language: str) -> list[tuple[str, str]]:
    """Tatoeba sentences as (English, other language); `language` is deu or fra."""
    lines = read(corpora / "tatoeba" / f"eng-{language}.tsv.gz").splitlines()
    pairs = [line.split("\t")[:2] for line in lines if line.count("\t") >= 1]
    return [(tidy(english), tidy(other).replace("\u202f", " ").replace("\xa0", " ")) for english, other in pairs]


def paraphrases(corpora: Path) -> list[tuple[str, str]]:
    """English sentences that have the same translation, so they say the same in other words."""
    groups: dict[str, set[str]] = {}
    for language in ("deu", "fra"):
        for english, other in translations(corpora, language):
            groups.setdefault(other, set()).add(english)
    return [(a, b) for group in groups.values() for a in sorted(group) for b in sorted(group) if a != b]
