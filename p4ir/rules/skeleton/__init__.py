"""The code skeleton: a rule as a Python function, to show to an engineer or to train on.

    def rule():
        if exist(door) and not is_(door.location, internal):
            require(door.width >= "850 mm")

`and`, `or`, `not` and comparisons are operators; `obligation`, `permission` and
`prohibition` are `require`, `permit` and `forbid`; every other functor is a call, an
entity's property an attribute, and what is no name or number a string. The text is
parsed with `ast`, never executed.
"""

from __future__ import annotations

from p4ir.errors import RuleError, RuleSyntaxError
from p4ir.rules.notation import Repaired
from p4ir.rules.skeleton.layout import lay_out
from p4ir.rules.skeleton.mending import mend
from p4ir.rules.skeleton.reading import read
from p4ir.rules.tree import Rule

__all__ = ["format_rule", "parse_rule", "repair_rule"]


def format_rule(rule: Rule) -> str:
    """Write a rule as a Python function.

    Raises:
        RuleError: the rule is not `if(…),then(…)`.
    """
    if not rule.is_complete:
        raise RuleError("only a rule of the form if(…),then(…) can be written as a skeleton")
    return lay_out(rule)


def parse_rule(text: str) -> Rule:
    r"""Parse a skeleton.

    Raises:
        RuleSyntaxError: the text is no Python, or Python that is no skeleton.
        RuleError: the rule is too large or too deep.

    >>> parse_rule("def rule():\n    if exist(wall):\n        forbid(has(wall, opening))")
    <Rule if(exist(wall)),then(prohibition(has(wall,opening)))>
    """
    return read(text).build()


def repair_rule(text: str) -> Repaired:
    r"""Parse a skeleton tolerantly: missing brackets are closed, text around it is cut.

    Raises:
        RuleSyntaxError: no condition or no conclusion can be made out.
        RuleError: the rule is too large or too deep.

    >>> repair_rule("def rule():\n    if exist(wall):\n        require(has(wall, lin").repairs
    ('closed 2 brackets',)
    """
    try:
        build = read(text)
        return Repaired(build.build(), spans=tuple(build.spans))
    except RuleSyntaxError as error:
        strict_error = error
    mended = mend(text)
    try:
        build = read(mended.text)
    except RuleSyntaxError:
        # The place in the text that came in is worth more than one in the mended text.
        raise strict_error from None
    return Repaired(build.build(), mended.repairs, mended.original_spans(build.spans))
