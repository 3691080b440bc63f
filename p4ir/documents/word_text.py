"""The text of a paragraph in Word: its runs, symbols and equations, on a line.

What was inserted is read and what was deleted is not. A symbol is a character of a font that
counts its own way; those of Symbol are known, and of Wingdings some. An equation is a tree, of
which fractions, powers and roots are written out, and everything else as it comes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
GONE = {f"{W}del", f"{W}moveFrom"}
TEXT_BOX = f"{W}txbxContent"
UNKNOWN = "\N{REPLACEMENT CHARACTER}"
"""Stands for a symbol of a font that is not known."""

_SPACES = {
    f"{W}tab": "\t", f"{W}ptab": "\t", f"{W}br": " ", f"{W}cr": " ", f"{W}noBreakHyphen": "-"
}  # fmt: skip
_SYMBOL_RUNS = {
    0x20: " !∀#∃%&∋()∗+,−./0123456789:;<=>?",
    0x40: "≅ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ[∴]⊥_",
    0x61: "αβχδεφγηιϕκλμνοπθρστυϖωξψζ{|}∼",
    0xA2: "′≤⁄∞ƒ♣♦♥♠↔←↑→↓°±″≥×∝∂•÷≠≡≈…",
    0xC4: "⊗⊕∅∩∪⊃⊇⊄⊂⊆∈∉∠∇®©™∏√⋅¬∧∨⇔⇐⇑⇒⇓",
    0xE5: "∑",
    0xF2: "∫",
}
"""What the font Symbol has from a code on."""
_FONTS = {
    "symbol": {
        start + place: char for start, run in _SYMBOL_RUNS.items() for place, char in enumerate(run)
    },
    "wingdings": {
        0x6C: "●", 0x6E: "■", 0x6F: "□", 0xA7: "▪", 0xA8: "□", 0xDF: "←", 0xE0: "→", 0xFB: "✗",
        0xFC: "✓", 0xFD: "☒", 0xFE: "☑",
    },
}  # fmt: skip
_POWERS = {"2": "²", "3": "³"}


def text_of(paragraph: Any) -> str:
    """Return the text of an element `w:p`, without that of its text boxes."""
    return "".join(_texts(paragraph)).strip()


def read_symbol(symbol: Any) -> str:
    """Return the character of an element `w:sym`; `UNKNOWN` for one that nobody knows."""
    try:
        code = int(symbol.get(f"{W}char", ""), 16)
    except ValueError:
        return UNKNOWN
    # Fonts of symbols have theirs in the private area too.
    known = _FONTS.get(symbol.get(f"{W}font", "").lower())
    if known is not None or 0xF000 <= code <= 0xF0FF:
        return (known or {}).get(code & 0xFF, UNKNOWN)
    is_text = code < 0xD800 or 0xF900 <= code <= 0x10FFFF
    return chr(code) if is_text and chr(code).isprintable() else UNKNOWN


def _texts(element: Any) -> Iterator[str]:
    for child in element:
        tag = child.tag
        if tag in GONE or tag in (f"{W}pPr", TEXT_BOX):
            continue
        if tag in (f"{W}t", f"{M}t"):
            yield child.text or ""
        elif tag in _SPACES:
            yield _SPACES[tag]
        elif tag == f"{W}sym":
            yield read_symbol(child)
        elif tag == f"{MC}AlternateContent":
            # The same several times, for programs that know more and less.
            yield next(filter(None, ("".join(_texts(each)) for each in child)), "")
        elif tag in _EQUATIONS:
            yield _EQUATIONS[tag](child)
        else:
            yield from _texts(child)


def _part(element: Any, name: str) -> str:
    """Return the text of a part of an equation's element; empty if it has none."""
    part = element.find(f"{M}{name}")
    return "" if part is None else "".join(_texts(part)).strip()


def _said(element: Any, name: str, default: str) -> str:
    """Return a character that the properties of an equation's element name."""
    said = element.find(f"{element.tag}Pr/{M}{name}")
    return default if said is None else str(said.get(f"{M}val", ""))


def _grouped(text: str) -> str:
    is_single = len(text) < 2 or text.replace(".", "", 1).replace(",", "", 1).isalnum()
    return text if is_single else f"({text})"


def _fraction(element: Any) -> str:
    return f"{_grouped(_part(element, 'num'))}/{_grouped(_part(element, 'den'))}"


def _power(element: Any) -> str:
    power = _part(element, "sup")
    return _part(element, "e") + _POWERS.get(power, f"^{_grouped(power)}")


def _root(element: Any) -> str:
    return f"{_part(element, 'deg')}√{_grouped(_part(element, 'e'))}"


def _bracketed(element: Any) -> str:
    parts = ["".join(_texts(each)).strip() for each in element.findall(f"{M}e")]
    between = _said(element, "sepChr", "|")
    return _said(element, "begChr", "(") + between.join(parts) + _said(element, "endChr", ")")


def _nary(element: Any) -> str:
    low, high = _part(element, "sub"), _part(element, "sup")
    limits = (f"_{_grouped(low)}" if low else "") + (f"^{_grouped(high)}" if high else "")
    return f"{_said(element, 'chr', '∫')}{limits} {_part(element, 'e')}"


def _rows(element: Any) -> str:
    """Return the lines of several equations, or the rows of a matrix."""
    return "; ".join(filter(None, ("".join(_texts([each])).strip() for each in element)))


def _cells(element: Any) -> str:
    return ", ".join("".join(_texts(each)).strip() for each in element)


_EQUATIONS: dict[str, Callable[[Any], str]] = {
    f"{M}f": _fraction,
    f"{M}sSup": _power,
    f"{M}rad": _root,
    f"{M}d": _bracketed,
    f"{M}nary": _nary,
    f"{M}eqArr": _rows,
    f"{M}m": _rows,
    f"{M}mr": _cells,
}
