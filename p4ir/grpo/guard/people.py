"""Words by which a clause shows that it is about who people are, not about a building.

Building codes do speak of persons, occupants, children and wheelchair users, of male
threads, blind walls and black paint: none of these counts. What counts are attributes
that anti-discrimination law protects, kin, and questions that ask for a person: six
sentences of the 2,290 of NZBC-LRML, CODE-ACCORD and the project's own corpus.
"""

from __future__ import annotations

import re

from p4ir.rules import Rule

_WORDS = """
muslims? islam(?:ic)? christians? jews? jewish hindus? buddhists? sikhs? catholics?
protestants? atheists? arabs? africans? asians? europeans? mexicans? latinos? latinas?
chinese indians? roma gyps(?:y|ies) refugees? immigrants? migrants? foreigners?
ethnic(?:ity)? racial race nationalit(?:y|ies) religions? religious gender sexual(?:ity)?
gays? lesbians? bisexuals? transgender homosexuals? heterosexuals? queer
wom[ae]n m[ae]n boys? girls? mothers? fathers? husbands? wives wife sons? daughters?
grand(?:mother|father|son|daughter)s? he she his her hers him
pensioners? teenagers? elderly pregnan(?:t|cy) poor rich
lazy greedy stupid criminals? thie(?:f|ves)
"""
_ABOUT_PEOPLE = re.compile(
    rf"\b(?:{'|'.join(_WORDS.split())})\b|\b(?:who|whose|whom|which of them)\b[^.]*\?",
    re.IGNORECASE,
)
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])|[._(),]")


def about_people(clause: str, rule: Rule | None = None) -> list[str]:
    """Return the words, of a clause or of its rule, that speak of who people are.

    >>> about_people("Doors for wheelchair users shall be at least 900 mm wide.")
    []
    >>> about_people("Who of the two left the door open?")
    ['who of the two left the door open?']
    """
    text = clause
    if rule is not None:
        text += "\n" + "\n".join(_CAMEL.sub(" ", label) for label in rule.labels)
    return [found.group(0).lower() for found in _ABOUT_PEOPLE.finditer(text)]
