"""Token ids as the tokens of a stream."""

from ..spelling import numbered, token


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
