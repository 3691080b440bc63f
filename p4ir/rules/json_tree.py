"""The tree as JSON: `{"if": [{"exist": ["door"]}], "then": [{"has": ["door", "handle"]}]}`.

A functor is an object with one key and the list of its arguments; anything else is a
string. Small, exact, and needs no parser of ours in other programs.
"""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from p4ir.errors import RuleError, RuleSyntaxError
from p4ir.rules.builder import RuleBuilder
from p4ir.rules.tree import MAX_DEPTH, Node, Rule, is_label


def format_rule(rule: Rule) -> str:
    """Write a rule as JSON on one line."""
    return json.dumps(to_object(rule), ensure_ascii=False)


def parse_rule(text: str) -> Rule:
    """Parse a rule from JSON.

    Raises:
        RuleSyntaxError: the text is no JSON, or not a rule's.
        RuleError: the rule is too large or too deep.
    """
    try:
        value = json.loads(text, object_pairs_hook=object_of)
    except json.JSONDecodeError as error:
        rest = text[error.pos :].split("\n")[0]
        raise RuleSyntaxError(
            line=error.lineno,
            column=error.colno,
            found=_describe(rest) if rest else "the end of the text or of a line",
            expected=f"JSON ({error.msg})",
        ) from None
    except RuleSyntaxError:
        raise
    except ValueError:
        raise _error("a number of thousands of digits", "a name or a value") from None
    except RecursionError:
        raise RuleError(f"the rule is nested more than {MAX_DEPTH} deep") from None
    return from_object(value)


def to_object(rule: Rule) -> dict[str, Any]:
    """Return a rule as the dicts, lists and strings of its JSON form."""
    return {part.label: [_term(child) for child in part.children] for part in rule.root.children}


def from_object(value: object) -> Rule:
    """Make a rule from the dicts, lists and strings of its JSON form.

    Raises:
        RuleSyntaxError: the value is not a rule's.
        RuleError: the rule is too large or too deep.
    """
    if not isinstance(value, dict) or set(value) != {"if", "then"}:
        raise _error(_describe(value), 'an object with the keys "if" and "then"')
    build = RuleBuilder()
    for part in ("if", "then"):
        _add_functor(build, part, value[part])
    return build.build()


def object_of(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Make a dict of what a reader of JSON found in an object.

    Raises:
        RuleSyntaxError: a key is there twice, of which a dict would keep the last.
    """
    value = dict(pairs)
    if len(value) < len(pairs):
        twice = Counter(key for key, _ in pairs).most_common(1)[0][0]
        raise _error(f"a key twice in one object: {_describe(twice)}", "each key once")
    return value


def _term(node: Node) -> Any:
    # Depth is bounded by MAX_DEPTH, so recursion is safe.
    return node.label if node.is_leaf else {node.label: [_term(child) for child in node.children]}


def _add_functor(build: RuleBuilder, label: str, arguments: object) -> None:
    if not isinstance(label, str) or not is_label(label):
        raise _error(_describe(label), "a functor's name")
    if not isinstance(arguments, list) or not arguments:
        raise _error(_describe(arguments), f"a list of the arguments of {label!r}")
    build.open(label)
    for argument in arguments:
        if isinstance(argument, str):
            if not is_label(argument):
                raise _error(_describe(argument), "a name or a value")
            build.leaf(argument)
        elif isinstance(argument, dict) and len(argument) == 1:
            _add_functor(build, *next(iter(argument.items())))
        else:
            raise _error(_describe(argument), "a string or an object with one key")
    build.close()


def _describe(value: object) -> str:
    if isinstance(value, str):
        return repr(value if len(value) <= 40 else value[:40] + "…")
    if isinstance(value, dict):
        keys = "1 key" if len(value) == 1 else f"{len(value)} keys"
        return f"an object with {keys}" if value else "an empty object"
    if isinstance(value, list):
        return "a list" if value else "an empty list"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return "a number"
    return "null" if value is None else f"a {type(value).__name__}"


def _error(found: str, expected: str) -> RuleSyntaxError:
    return RuleSyntaxError(line=1, column=1, found=found, expected=expected)
