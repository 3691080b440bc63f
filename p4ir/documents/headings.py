"""Which paragraphs are no clauses: headings, captions, lines of a contents list."""

from __future__ import annotations

import re

MAX_WORDS = 14

_VERBS = re.compile(
    r"\b(?:shall|must|should|may|might|can|cannot|will|is|are|be|been|has|have|had|does|do|need|"
    r"needs|require|requires|required|comply|complies|apply|applies|means(?! of)|provide|ensure|"
    r"muss|müssen|darf|dürfen|soll|sollen|ist|sind|wird|werden|hat|haben|"
    r"doit|doivent|peut|peuvent|est|sont|moet|moeten|mag|mogen|zijn|"
    r"debe|deben|deberá|deberán|puede|pueden|deve|devono|può)\b",
    re.IGNORECASE,
)
_OBLIGES = re.compile(
    r"\b(?:shall|must|muss|müssen|darf|dürfen|doit|doivent|moet|moeten|debe|deben|deberá|deberán|"
    r"deve|devono)\b",
    re.IGNORECASE,
)
_UNFINISHED = frozenset(
    "a an the of to in on at by for from with than and or as if that which where not no per "
    "between within under above below der die das und oder von mit".split()
)
"""Words after which a line goes on."""
_DIVISION = re.compile(
    r"(?:part|chapter|annex|appendix|schedule|division|volume|teil|kapitel|anhang|abschnitt|"
    r"partie|chapitre|annexe|hoofdstuk|bijlage)\s+[A-Z0-9]{1,5}\b",
    re.IGNORECASE,
)
_CAPTION = re.compile(
    r"(?:table|figure|fig\.|tabelle|abbildung|bild|tableau|tabel|figuur)\s+[A-Z]{0,2}\.?\d",
    re.IGNORECASE,
)
_CONTENTS_LINE = re.compile(r"(?:\.{3,}|(?:\s\.){3,}|…+|_{3,}|\t)\s*(?:\d{1,4}|[ivxl]+)\s*$")
_CONTENTS_TAIL = 80
"""Characters at the end of a line in which leader and page number are looked for."""
_CONTENTS = re.compile(r"(?:table of )?contents|inhalt(?:sverzeichnis)?|sommaire|index", re.I)


def is_heading(text: str, *, is_styled: bool = False) -> bool:
    """Say whether a paragraph, without its number, is a heading: short, and no sentence.

    Args:
        text: the paragraph.
        is_styled: whether the document's own style says that it is one; then only a
            sentence is none.

    >>> is_heading("Means of escape"), is_heading("Doors shall open outwards")
    (True, False)
    """
    text = text.strip()
    if is_styled:
        return not is_sentence(text)
    if not text or text[-1] in ".;:,–—" or len(text.split()) > MAX_WORDS:
        return False
    if text.split()[-1].lower() in _UNFINISHED:
        return False
    if _DIVISION.match(text) and not _VERBS.search(text):
        return True
    has_digit = any(letter.isdigit() for letter in text)
    return not has_digit and not text[0].islower() and not _VERBS.search(text)


def is_sentence(text: str) -> bool:
    """Say whether a paragraph is a sentence by its words: it obliges, or ends behind a verb.

    >>> is_sentence("Doors shall open outwards"), is_sentence("Where doors are needed")
    (True, False)
    """
    return bool(_OBLIGES.search(text) or (text.endswith((".", ";", ":")) and has_verb(text)))


def has_verb(text: str) -> bool:
    """Say whether a text holds a verb of those that rules are made with."""
    return bool(_VERBS.search(text))


def is_caption(text: str) -> bool:
    """Say whether a paragraph is the caption of a table or a figure."""
    return bool(_CAPTION.match(text)) and not _VERBS.search(text)


def is_contents(text: str) -> bool:
    """Say whether a paragraph is a line of a list of contents, or its heading.

    >>> is_contents("2.1 Doors ........ 12")
    True
    """
    tail = text.rstrip()[-_CONTENTS_TAIL:]
    return bool(_CONTENTS_LINE.search(tail) or _CONTENTS.fullmatch(text.strip()))
