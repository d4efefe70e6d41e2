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


def words_of(ids, tokenizer, types=None):
    """Tokens of a row of ids; their numbers where there is no tokenizer."""
    if tokenizer is None:
        return [{**token(str(int(i)), special=False), "id": int(i)} for i in ids]
    raw = [str(word) for word in tokenizer.convert_ids_to_tokens([int(i) for i in ids])]
    special = set(getattr(tokenizer, "all_special_ids", []))
    bytewise = _is_bytewise(tokenizer)
    return [
        token(
            word,
            segment=0 if types is None else int(types[i] == 1),
            text=tokenizer.convert_tokens_to_string([word]) if bytewise and int(ids[i]) not in special else None,
            id=int(ids[i]),
            special=int(ids[i]) in special,
        )
        for i, word in enumerate(raw)
    ]


def _is_bytewise(tokenizer):
    """True for tokenizers that spell bytes as letters (GPT-2's), whose tokens must be decoded to be read."""
    try:
        return tokenizer.convert_tokens_to_string(["Ġa"]) == " a"
    except Exception:  # noqa: BLE001, a tokenizer of another kind may raise anything here
        return False


def pieces_of(count, config):
    """Tokens of a picture: what comes before the patches, then row, column; and the stream's unit and grid."""
    size, patch = getattr(config, "image_size", None), getattr(config, "patch_size", None)
    if isinstance(size, int) and isinstance(patch, int) and 0 < (size // patch) ** 2 <= count:
        side = size // patch
        before = count - side * side
        names = ["[CLS]"] + [f"[{i}]" for i in range(1, before)]
        tokens = [token(name, special=True) for name in names[:before]]
        tokens += [token(f"{i // side},{i % side}", special=False) for i in range(side * side)]
        return {"tokens": tokens, "unit": "patch", "grid": [side, side]}
    return {"tokens": numbered(count), "unit": "patch"}
