"""Random rules, with every label that ever made a notation stumble.

`rules()`, `labels()`, `trees()` and `broken_texts(notation)` are hypothesis strategies
and shrink; `random_rule(rng)` makes thousands quickly.
"""

from __future__ import annotations

import random

from hypothesis import strategies as st

from p4ir.rules import Rule, RuleBuilder, Tree, format_rule
from p4ir.rules.tree import NOT_TEXT, is_label

CONVENTIONAL_LABELS = [
    *(
        "door roofGutter stair.riserHeight building.escapeRoute.width wall.uValue MPa 0 3.5 -2 1/8 "
        "x1 x0.area en_1990 en_1990_2.1.1 bs_t7 500e exampleE2AS1 cavity-wall grade_h3.2+ a"
    ).split(),
    "350 mm",
    "1.5m",
    "5 l/s/person",
    "-10 degC",
    "50 %",
    "en_1990_1.1 to en_1990_1.9",
    "'0.05 * x1'",
    "'max(x1, x2) + f(y)'",
]
TRICKY_LABELS = [
    *(
        # words of the notations themselves, in places where they are mere names
        "if then and or not obligation root require permit forbid loop forEach True None class "
        # capitals, digits, underscores and dots where words are spelled
        "lambda A AB aB ABc aBC abC1 a1B a1b 1a 1A x1Y fireCell2 "
        "a.b a.B A.b a.b.c a.1 1.a a. .a . .. a..b "
        "_ __ a_ _a a_b a_B A_1 a__b é ÉtatLimite aÉ ß straßeBreite ﬁre 防火門 باب דלת.גובה 🔥 "
        "👩‍🚒door "
        "a\u0301b a\u200bb \u200b \u202edoor ١٢ ½ ² \u212a "
        # marks that some notation uses
        'a:b : :: a: :a ` `` ``` `a` a`b ``a ;;; # #a " "a" a"b \\ a\\b \\n {} [a] [ ] {a:b} <a> & '
        "&amp; ]]> <!-- --> % $ = == -> * ** @a a'b a' a's o'clock.x - -a --- ... ~ | ? !"
    ).split(),
    "a: b",
    "a:b c",
    "door's width",
    "door's",
    "the 's x",
    "a b",
    "a B",
    "a  b",
    "a b C",
    "A b",
    "350 mM",
    "35 MPa",
    "fire cell 2",
    "e2 to e3",
    "to be or not",
    "a .b",
    "a. b",
    "a\u2028b",
    "a\u00a0b",
    "a\u3000b",
    "''",
    "' '",
    "' a'",
    "'a '",
    "'('",
    "')'",
    "','",
    "'(,)(,)'",
    "'if(a),then(b)'",
    "'a: b, `c`'",
    "'fireCell'",
    "'\"'",
    "'\\'",
    "'x1 > 0'",
    "'🔥'",
]


def labels() -> st.SearchStrategy[str]:
    """Labels: conventional ones, tricky ones, and any text that may be one."""
    plain = st.text(max_size=8).map(lambda text: NOT_TEXT.sub("", text).strip())
    quoted = st.text(max_size=8).map(
        lambda text: f"'{NOT_TEXT.sub('', text).replace(chr(39), '')}'"
    )
    spelled = st.text("aA1._' -:`é", max_size=7).map(str.strip)
    return st.one_of(
        st.sampled_from(CONVENTIONAL_LABELS), st.sampled_from(TRICKY_LABELS), plain, quoted, spelled
    ).filter(is_label)


def rules(label: st.SearchStrategy[str] | None = None) -> st.SearchStrategy[Rule]:
    """Rules, from `if(a),then(a)` to some forty nodes, flat and deep."""
    label = labels() if label is None else label
    terms = st.recursive(
        label, lambda term: st.tuples(label, st.lists(term, min_size=1, max_size=5)), max_leaves=16
    )
    parts = st.tuples(*[st.lists(terms, min_size=1, max_size=3)] * 2)
    return parts.map(lambda pair: rule_of(("if", pair[0]), ("then", pair[1])))


def trees(alphabet: str = "abc") -> st.SearchStrategy[Tree]:
    """Small trees with few different labels, so that much of two of them can match."""
    terms = st.recursive(
        st.sampled_from(alphabet),
        lambda term: st.tuples(st.sampled_from(alphabet), st.lists(term, min_size=1, max_size=4)),
        max_leaves=10,
    )
    return st.lists(terms, max_size=4).map(lambda below: tree_of(("root", below)))


def broken_texts(notation: str) -> st.SearchStrategy[str]:
    """Texts of rules with a few characters or slices deleted, doubled or put in."""
    marks = st.sampled_from([*"()',:` \n\taA0.\x00\\\"[]{}é\ud800", "if(", "),then(", "\nthen: "])
    edits = st.lists(
        st.tuples(st.integers(0, 400), st.integers(0, 6), st.one_of(st.just(""), marks)),
        min_size=1,
        max_size=6,
    )
    written = rules().map(lambda rule: format_rule(rule, notation))
    return st.tuples(written, edits).map(lambda pair: _edited(*pair))


def rule_of(*parts: object) -> Rule:
    """Make a rule of nested (label, [arguments]) pairs and strings."""
    build = RuleBuilder()
    for part in parts:
        _add(build, part)
    return build.build()


def tree_of(term: object) -> Tree:
    """Make a tree of nested (label, [arguments]) pairs and strings."""
    names: list[str] = []
    arities: list[int] = []
    waiting = [term]
    while waiting:
        node = waiting.pop()
        name, below = node if isinstance(node, tuple) else (node, [])
        names.append(name)
        arities.append(len(below))
        waiting.extend(reversed(below))
    return Tree(names, arities)


def random_rule(rng: random.Random, largest: int = 40) -> Rule:
    """Make a random rule of at most about `largest` nodes with labels of all sorts."""
    build = RuleBuilder()
    for part in ("if", "then"):
        build.open(part)
        for _ in range(rng.randrange(1, max(2, largest // 2))):
            if build.depth > 1 and not build.is_empty and rng.random() < 0.3:
                build.close()
            name = rng.choice(CONVENTIONAL_LABELS if rng.random() < 0.5 else TRICKY_LABELS)
            if rng.random() < 0.45:
                build.open(name)
            else:
                build.leaf(name)
        while build.depth:
            build.close()
    return build.build()


def _add(build: RuleBuilder, term: object) -> None:
    if isinstance(term, str):
        build.leaf(term)
        return
    name, below = term  # type: ignore[misc]
    build.open(name)
    for argument in below:
        _add(build, argument)
    build.close()


def _edited(text: str, edits: list[tuple[int, int, str]]) -> str:
    for start, length, put_in in edits:
        start %= len(text) + 1
        text = text[:start] + put_in + text[start + length :]
    return text
