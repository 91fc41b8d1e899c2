"""Unicode simple case folding: one character to one character, the same on every engine."""

from __future__ import annotations


def fold(text: str) -> str:
    """The text with its case folded, as long as before (Unicode's CaseFolding.txt, statuses C and S).

    >>> fold("STRASSE ẞ"), fold("Straße"), fold("ΣΊΣΥΦΟΣ")
    ('strasse ß', 'straße', 'σίσυφοσ')
    """
    if text.isascii():
        return text.lower()
    folded = text.casefold()
    # Full folding only ever makes a text longer, so where the length is the same it was one to one throughout.
    return folded if len(folded) == len(text) else "".join(map(_fold_character, text))


def _fold_character(character: str) -> str:
    folded = character.casefold()
    if len(folded) == 1:
        return folded
    lower = character.lower()
    return lower if len(lower) == 1 else character
