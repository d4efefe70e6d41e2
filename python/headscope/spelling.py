"""Tokens as people read them, and the little that a trace needs to know of each."""

import re

_SPECIAL = re.compile(
    r"^(\[(CLS|SEP|MASK|PAD|UNK|BOS|EOS)\]|</?s>"
    r"|<(pad|unk|mask|cls|sep|eod|eos|bos|start_of_turn|end_of_turn)>|<\|.*\|>)$"
)


def readable(raw):
    """ "Ġcat" and "▁cat" are " cat", "##s" is "s", "</w>" ends a word; anything else stays."""
    text = re.sub(r"^[Ġ▁]", " ", raw)
    text = re.sub(r"^##(?=.)", "", text)
    return re.sub(r"(?<=.)</w>$", "", text.replace("Ċ", "\n"))


def token(raw, segment=0, text=None, id=None, special=None):
    """One token of a stream, as the manifest spells it."""
    return {
        "id": id,
        "raw": raw,
        "text": readable(raw) if text is None else text,
        "start": None,
        "end": None,
        "special": bool(_SPECIAL.match(raw)) if special is None else special,
        "segment": segment,
    }


def numbered(count):
    """Tokens "0" to "count - 1", for recordings that name none."""
    return [token(str(i)) for i in range(count)]
