"""How far two drafts of a corpus's rules agree, written from the same clauses and guide.

Some clauses have a second rule, written without sight of the first. Their distance is
what the guide leaves open: a model that comes closer to the first rule than the second
draft does has learned a writer's habits, not the regulation.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from p4ir.corpus.reading import AGREEMENT_FILE, read_corpus
from p4ir.corpus.tables import read_table
from p4ir.errors import CorpusError, RuleError, RuleSyntaxError
from p4ir.metrics.scoring import ClauseScore, score
from p4ir.rules import Rule, parse_rule

SECOND_RULE = "second_rule"
FIELDS = ("id", SECOND_RULE)


class Drafts(NamedTuple):
    """The two rules of one clause."""

    id: str
    first: Rule
    second: Rule


def read_drafts(folder: str | Path) -> list[Drafts]:
    """Return the clauses of a corpus that have two rules, in the order of their file.

    Raises:
        CorpusError: there is no such file, or a line of it is not as it should be.
    """
    path = Path(folder) / AGREEMENT_FILE
    if not path.exists():
        raise CorpusError(f"{path}: is missing; it holds lines with {' and '.join(FIELDS)}")
    first = {record.id: record.rule for record in read_corpus(folder)}
    drafts = []
    for row in read_table(path).rows:
        name, text = (row.values.get(field) for field in FIELDS)
        where = f"{path}: {row.place}"
        if row.problem or not isinstance(name, str) or not isinstance(text, str):
            raise CorpusError(f"{where}: {row.problem or 'needs ' + ' and '.join(FIELDS)}")
        rule = first.get(name)
        if rule is None:
            raise CorpusError(f"{where}: the corpus has no clause {name!r}")
        try:
            drafts.append(Drafts(name, rule, parse_rule(text)))
        except (RuleError, RuleSyntaxError) as error:
            raise CorpusError(f"{where}: {name}: the second rule does not parse: {error}") from None
    return drafts


def score_agreement(folder: str | Path) -> list[ClauseScore]:
    """Score each second rule as if it were a prediction of the first.

    Raises:
        CorpusError: as `read_drafts`.
    """
    return [score(draft.second, draft.first) for draft in read_drafts(folder)]
