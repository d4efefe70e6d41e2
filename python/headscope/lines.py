"""Lines of mixed scripts for what draws letter by letter: Arabic letters joined, the order of letters, mirrored brackets."""

import functools
import itertools
import unicodedata


@functools.cache
def _forms():
    """Forms of Arabic letters by where they join, from Unicode's own table: {letter: {"<initial>": its form, ...}}."""
    forms = {"\u0640": dict.fromkeys(("<isolated>", "<initial>", "<medial>", "<final>"), "\u0640")}
    for code in (*range(0xFB50, 0xFBB2), *range(0xFBFC, 0xFC00), *range(0xFE80, 0xFEFD)):
        kind, *parts = unicodedata.decomposition(chr(code)).split() or [""]
        forms.setdefault("".join(chr(int(part, 16)) for part in parts), {})[kind] = chr(code)
    return forms


def joined(text, has):
    """A text with its Arabic letters joined, which cairo leaves apart; those whose form the font lacks stay as they are."""
    forms, out, at, before, taken = _forms(), [], -1, {}, False
    letters = [letter for letter in text if unicodedata.bidirectional(letter) != "NSM"]
    for letter in text:
        if unicodedata.bidirectional(letter) == "NSM":
            out.append(letter)
            continue
        at += 1
        following = letters[at + 1] if at + 1 < len(letters) else ""
        own, after = forms.get(letter, {}), forms.get(following, {})
        left, right = "<initial>" in before and "<final>" in own, "<initial>" in own and "<final>" in after
        two = forms.get(letter + following, {}).get("<final>" if left else "<isolated>", "")
        kind = ("<medial>" if right else "<final>") if left else "<initial>" if right else "<isolated>"
        made = two or own.get(kind, letter)
        if not taken:  # by the lam before this alef
            out.append(made if has(made) else letter)
        before, taken = own, bool(two) and has(two)
    return "".join(out)


# Brackets and signs that face each other; Python's own table tells that a sign is mirrored, not by which.
_PAIRS = "()[]{}<>«»‹›⟨⟩⟪⟫≤≥≪≫〈〉《》「」『』【】〔〕（）［］｛｝＜＞"
_MIRRORS = {one: _PAIRS[at ^ 1] for at, one in enumerate(_PAIRS)}


def mirrored(text, levels, has):
    """A text whose brackets face the other way where they stand in a run from the right (rule L4), if the font can."""
    turned = (_MIRRORS.get(letter, letter) if level % 2 else letter for letter, level in zip(text, levels))
    return "".join(other if has(other) else letter for letter, other in zip(text, turned))


def levels_of(text, right):
    """Embedding levels of letters (UAX #9 without marks of embedding). right: the line itself runs from there."""
    base, levels, sides, strong = int(right), [], [], right
    kinds = [unicodedata.bidirectional(letter) for letter in text]
    for at, kind in enumerate(kinds):
        if kind in ("CS", "ES") and at and kinds[at - 1 : at + 2 : 2] == ["EN", "EN"]:
            kind = "EN"  # 1.5 and 1-32 are numbers
        if kind in ("L", "R", "AL", "EN", "AN"):
            number = kind in ("EN", "AN")
            strong = strong if number else kind != "L"
            sides.append(1 if strong else 2 * base)
            levels.append(2 if number and strong else sides[-1])
        else:  # signs go with the letters on both of their sides, or else with the line
            known = kind == "NSM" and sides
            sides.append(sides[-1] if known else None)
            levels.append(levels[-1] if known else None)
    for at, level in enumerate(levels):
        if level is None:
            after = next((side for side in sides[at:] if side is not None), base)
            before = sides[at - 1] if at else base
            levels[at] = sides[at] = before if before == after else base
    return levels


def order_of(levels):
    """Where letters of these levels stand from left to right (rule L2)."""
    order = list(range(len(levels)))
    for least in (2, 1):
        runs = itertools.groupby(order, lambda at: levels[at] >= least)
        order = [at for turned, run in runs for at in (reversed(list(run)) if turned else run)]
    return order
