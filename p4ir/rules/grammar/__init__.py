"""Grammars of the notations, for engines that constrain what a language model writes.

A grammar holds the texts that `parse_rule` reads, narrowed to how `format_rule` writes
them (no superfluous white space), to a depth, and to known functors with the number of
arguments that they take. The vocabulary stays open. An indented notation is not
context-free, but up to a depth it is.

Grammars are text in the dialect of Lark that llguidance reads, and with it vLLM and SGLang.
"""

from __future__ import annotations

from functools import lru_cache
from importlib import import_module
from typing import NamedTuple

from p4ir.errors import NotationError
from p4ir.rules.grammar.labels import Closer

WITH_GRAMMAR = ("outline", "lrml", "json")
"""The notations that have one. A skeleton is Python, whose layout leaves too much open."""

_MODULES = {"json": "json_tree"}


class Grammar(NamedTuple):
    """What a notation allows, and how a rule in it can be brought to its end."""

    text: str
    """In llguidance's dialect of Lark."""
    closers: tuple[Closer, ...]
    """The first that fits brings a rule nearest to its end."""


@lru_cache
def grammar_of(notation: str) -> Grammar:
    """Return the grammar of a notation.

    Raises:
        NotationError: the notation has none.
    """
    if notation not in WITH_GRAMMAR:
        raise NotationError(
            f"notation {notation!r} has no grammar to decode by; {', '.join(WITH_GRAMMAR)} have"
        )
    module = import_module(f"p4ir.rules.grammar.{_MODULES.get(notation, notation)}")
    return Grammar(module.write_grammar(), module.CLOSERS)
