"""Drafts for review: from what a model made of a clause, and from files of rules."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from p4ir.corpus.columns import choose_columns
from p4ir.corpus.tables import SUFFIXES, Row, is_misfit, read_table
from p4ir.counting import counted
from p4ir.errors import CorpusError, P4irError
from p4ir.inference.refusal import why_refused
from p4ir.review.lines import one_line
from p4ir.review.records import Draft
from p4ir.rules import NOTATIONS, Rule, json_tree, parse_rule
from p4ir.rules.entry import MAX_BYTES
from p4ir.rules.files import LINES, read_rules, tell_notation
from p4ir.rules.guessing import guess_notation

if TYPE_CHECKING:
    from p4ir.documents import Clause, Document
    from p4ir.inference import Interpretation

SHOWN_PROBLEMS = 10
_NOT_UTF8 = re.compile("[\udc80-\udcff]")
"""What `p4ir.corpus.tables` makes of bytes that are no UTF-8; they would be lost on one line."""
_DOCUMENTS = (".pdf", ".docx", ".xlsx")
_TEXTS = ("model", "adapter", "problem", "paraphrase", "jurisdiction", "topic", "split")


def draft_of(
    interpretation: Interpretation,
    *,
    model: str = "",
    adapter: str = "",
    clause: Clause | None = None,
    document: Document | None = None,
) -> Draft:
    """Make a draft of what a model made of a clause.

    Args:
        interpretation: the clause and its rule.
        model: the base model that wrote it.
        adapter: the adapter that the model was used with.
        clause: where the clause stands in its document, if it is from one.
        document: that document.
    """
    return Draft(
        clause=interpretation.clause,
        rule=interpretation.rule,
        document=document.name if document else "",
        document_sha256=document.sha256 if document else "",
        number=clause.number if clause else "",
        page=clause.page if clause else None,
        row=clause.row if clause else None,
        model=model,
        adapter=adapter,
        confidence=interpretation.confidence,
        node_confidence=interpretation.node_confidence,
        problem=interpretation.problem,
    )


def read_drafts(
    path: str | Path, document: str = "", on_refused: Callable[[str], None] = lambda place: None
) -> list[Draft]:
    """Read rules to review from a file: what `p4ir batch` writes, a corpus, or any notation.

    A rule that does not parse comes as a draft without one, which says why. What a batch says
    of a row that it refused, as no clause, for its id or as too many cells, is left out: it is no
    rule to review.

    Args:
        path: CSV, JSON lines or Parquet with a clause a row; else a file of rules.
        document: name of the source document of rows that name none.
        on_refused: called with the place of each row that is left out.

    Raises:
        CorpusError: the file cannot be read, or rows have no clause; lists them.
        NotationError: its notation cannot be told.
        RuleSyntaxError: it should be LegalRuleML and is none.
    """
    path = Path(path)
    if path.suffix.lower() in _DOCUMENTS:
        raise CorpusError(
            f"{path}: is a document without rules: `p4ir interpret --file {path} --json` writes "
            "what can be imported"
        )
    if path.suffix.lower() in SUFFIXES:
        drafts, problems = _read_table(path, document, on_refused)
    else:
        drafts, problems = _read_rules(path, document)
    if problems:
        shown = ";\n  ".join(problems[:SHOWN_PROBLEMS])
        more = len(problems) - SHOWN_PROBLEMS
        rest = f";\n  and {more} more" if more > 0 else ""
        raise CorpusError(f"{path}: {len(problems)} bad:\n  {shown}{rest}", tuple(problems))
    if not drafts:
        raise CorpusError(f"{path}: holds no rule")
    return drafts


def _read_table(
    path: Path, document: str, on_refused: Callable[[str], None]
) -> tuple[list[Draft], list[str]]:
    table = read_table(path)
    columns = choose_columns(str(path), table.columns, need_rules=False) if table.columns else {}
    drafts: list[Draft] = []
    problems: list[str] = []
    ids: set[str] = set()
    for row in table.rows:
        id = one_line(_cell(row, columns, "id"))
        if _was_refused(row, columns, is_known=id in ids):
            on_refused(row.place)
        else:
            try:
                drafts.append(_draft(row, columns, document))
            except ValueError as error:
                problems.append(f"{row.place}: {error}")
        if id:
            ids.add(id)
    return drafts, problems


def _was_refused(row: Row, columns: Mapping[str, str], *, is_known: bool) -> bool:
    """Say whether a batch asked the model nothing here.

    Then there is no clause, or a clause cut at a comma that was not quoted, or the id is known
    from an earlier row, whatever became of that one.
    """
    problem = _cell(row, columns, "problem")
    if not problem or _cell(row, columns, "rule"):
        return False
    return is_known or is_misfit(problem) or bool(why_refused(_cell(row, columns, "clause")))


def _cell(row: Row, columns: Mapping[str, str], field: str) -> str:
    value = row.values.get(columns.get(field, field))
    return "" if value is None else str(value)


def _draft(row: Row, columns: Mapping[str, str], document: str) -> Draft:
    def text(field: str) -> str:
        return one_line(_cell(row, columns, field))

    if row.problem:
        raise ValueError(row.problem)
    if any(isinstance(value, str) and _NOT_UTF8.search(value) for value in row.values.values()):
        raise ValueError("is no valid UTF-8: save the file as UTF-8")
    if not text("clause"):
        raise ValueError("the clause is missing or empty")
    rule, why = _read_rule(row.values.get(columns.get("rule", "")), row.values.get("notation"))
    fields: dict[str, Any] = {name: text(name) for name in _TEXTS}
    fields["problem"] = fields["problem"] or why
    return Draft(
        id=text("id"),
        clause=text("clause"),
        rule=rule,
        document=text("document") or document,
        document_sha256=text("document_sha256"),
        number=text("number"),
        page=_whole(row.values.get("page")),
        row=_whole(row.values.get("row")),
        confidence=_share(row.values.get("confidence")),
        **fields,
    )


def _read_rule(written: object, notation: object) -> tuple[Rule | None, str]:
    """Return the rule of a cell, or why there is none; both empty if the cell is."""
    try:
        if isinstance(written, dict):
            return json_tree.from_object(written), ""
        text = str(written or "").strip()
        if not text:
            return None, ""
        is_named = isinstance(notation, str) and notation in NOTATIONS
        return parse_rule(text, str(notation) if is_named else guess_notation(text)), ""
    except P4irError as error:
        return None, f"the rule does not parse: {error}"


def _read_rules(path: Path, document: str) -> tuple[list[Draft], list[str]]:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise CorpusError(f"{path}: cannot be read: {error.strerror}") from None
    notation = tell_notation(str(path), data, f"give {LINES}")
    try:
        found = read_rules(data, notation)
    except P4irError as error:
        raise CorpusError(f"{path}: {error}") from None
    problems = [f"line {line}: {reason}" for line, reason in found.bad]
    if found.entries and not any(one_line(entry.clause) for entry in found.entries):
        raise CorpusError(
            f"{path}: {counted(len(found.entries), 'rule')} without a clause to be reviewed "
            f"beside; give {LINES}"
        )
    drafts = []
    for number, entry in enumerate(found.entries, 1):
        if not one_line(entry.clause):
            problems.append(f"rule {number}: has no clause to be reviewed beside")
            continue
        drafts.append(
            Draft(
                id=entry.id,
                clause=entry.clause,
                rule=entry.rule,
                document=entry.document or document,
                number=entry.number,
                model=entry.model,
                adapter=entry.adapter,
                paraphrase=entry.paraphrase,
            )
        )
    return drafts, problems


def _whole(value: object) -> int | None:
    text = str(value)
    return int(text) if text.isascii() and text.isdigit() else None


def _share(value: object) -> float | None:
    try:
        number = float(str(value))
    except ValueError:
        return None
    return number if 0 <= number <= 1 else None
