"""Read a corpus: CSV, JSON lines, Parquet, or a folder with one file per split.

Nothing is guessed past and nothing stops at the first mistake: every bad row is
listed with its place and the reason, in one `CorpusError`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from p4ir.corpus.columns import BY_MAPPING, SYNONYMS, choose_columns
from p4ir.corpus.records import FIELDS, Record
from p4ir.corpus.tables import Row, Table, is_utf8, read_table
from p4ir.errors import CorpusError, RuleError, RuleSyntaxError
from p4ir.rules import Rule, json_tree, parse_rule

MAX_CLAUSE_CHARS = 20_000
SHOWN_PROBLEMS = 10
SHOWN_NAMES = 10
SPLIT_FILES = ("train", "validation", "test")
AGREEMENT_FILE = "agreement.jsonl"
"""Beside the splits: lines with an `id` of the corpus and a `second_rule`."""


def read_corpus(
    path: str | Path,
    columns: Mapping[str, str] | None = None,
    *,
    need_rules: bool = True,
    split: str | None = None,
    how: str = BY_MAPPING,
) -> list[Record]:
    """Read a corpus, in its order.

    Args:
        path: a `.csv`, `.tsv`, `.jsonl` or `.parquet` file, or a folder that holds
            `train.jsonl`, `validation.jsonl` or `test.jsonl`, whose names give the split.
        columns: field of `Record` → column of the file, where they are called otherwise
            than in `p4ir.corpus.columns.SYNONYMS`. NZBC-LRML's columns are known.
        need_rules: whether every row must have a rule. Rules are compact LRML or JSON.
        split: return the records of this split only.
        how: what to do about a column that is called otherwise, for the message.

    Raises:
        CorpusError: lists every bad row in `problems`; the message shows the first ten.
    """
    path = Path(path)
    reader = _Reader(columns, need_rules, how)
    if path.is_dir():
        files = [path / f"{name}.jsonl" for name in SPLIT_FILES]
        files = [file for file in files if file.exists()]
        if not files:
            raise CorpusError(f"{path}: holds none of {', '.join(SPLIT_FILES)} (.jsonl)")
        for file in files:
            reader.read(file, f"{file.name}: ", file.stem)
    else:
        reader.read(path, "", None)
    reader.raise_problems(path)
    return reader.records if split is None else choose_split(reader.records, split, str(path))


def corpus_files(path: str | Path) -> list[Path]:
    """Return the JSON-lines files of a corpus: the file itself, or those of a folder.

    The second rules of a folder are no records and left out.

    Raises:
        CorpusError: there are none.
    """
    path = Path(path)
    found = sorted(path.glob("*.jsonl")) if path.is_dir() else [path]
    files = [file for file in found if file.name != AGREEMENT_FILE]
    if not files or not files[0].exists():
        raise CorpusError(f"{path}: no JSON lines here; give a .jsonl file or a folder of them")
    return files


def choose_split(records: list[Record], split: str, where: str = "the corpus") -> list[Record]:
    """Return the records of one split, or of what is held out in it: `test/topic`.

    Raises:
        CorpusError: there are none; names the splits that there are.
    """
    chosen = [record for record in records if split in (record.split, _held_out(record))]
    if not chosen:
        counts = Counter(_held_out(record) or record.split or "(none)" for record in records)
        there = ", ".join(f"{name} ({count})" for name, count in counts.items())
        raise CorpusError(f"{where}: no row of the split {split!r}; there are {there}")
    return chosen


def choose_documents(
    records: list[Record], documents: Sequence[str], where: str = "the corpus"
) -> list[Record]:
    """Return the records of some documents.

    Raises:
        CorpusError: there are none of one of them; names the documents that there are.
    """
    counts = Counter(record.document or "(none)" for record in records)
    missing = [name for name in documents if name not in counts]
    if missing:
        there = ", ".join(f"{name} ({count})" for name, count in counts.most_common(SHOWN_NAMES))
        more = f" and {len(counts) - SHOWN_NAMES} more" if len(counts) > SHOWN_NAMES else ""
        raise CorpusError(
            f"{where}: no row of the document {missing[0]!r}; there are {there}{more}"
        )
    return [record for record in records if (record.document or "(none)") in documents]


def _held_out(record: Record) -> str | None:
    return f"{record.split}/{record.holdout}" if record.holdout else None


class _BadRowError(Exception):
    """Why a row is no record."""


class _Reader:
    """Records and problems of one corpus, which may be several files."""

    def __init__(self, columns: Mapping[str, str] | None, need_rules: bool, how: str) -> None:
        self.columns, self.need_rules, self.how = columns, need_rules, how
        self.records: list[Record] = []
        self.problems: list[str] = []
        self.rows = 0
        self._places: dict[str, str] = {}

    def read(self, path: Path, prefix: str, split: str | None) -> None:
        table = read_table(path)
        if not table.rows:
            raise CorpusError(f"{path}: has no rows")
        self.rows += len(table.rows)
        fields = self._fields(path, table)
        for row in table.rows:
            place = prefix + row.place
            try:
                record = self._record(row, fields, path.stem, split)
                self._check_unique(record.id, place)
            except _BadRowError as problem:
                self.problems.append(f"{place}: {problem}")
            else:
                self.records.append(record)

    def _fields(self, path: Path, table: Table) -> dict[str, str]:
        if table.columns:
            return choose_columns(
                str(path), table.columns, self.columns, need_rules=self.need_rules, how=self.how
            )
        return {}  # Not one row could be read; each says why.

    def _record(self, row: Row, fields: Mapping[str, str], stem: str, split: str | None) -> Record:
        if row.problem:
            raise _BadRowError(row.problem)
        values = {field: row.values.get(column) for field, column in fields.items()}
        if self.need_rules and _is_blank(values["rule"]):
            raise _BadRowError(f"the rule is missing or empty{_elsewhere('rule', row, fields)}")
        rule = self._rule(values.pop("rule", None))
        texts = {field: _text(field, value) for field, value in values.items()}
        clause, number, document = (texts.get(n) for n in ("clause", "number", "document"))
        if clause is None:
            raise _BadRowError(f"the clause is missing or empty{_elsewhere('clause', row, fields)}")
        if len(clause) > MAX_CLAUSE_CHARS:
            raise _BadRowError(
                f"the clause has {len(clause)} characters, at most {MAX_CLAUSE_CHARS} are allowed"
            )
        if texts.get("id") is None:
            counted = f"{stem}/{row.place.split()[-1]}"
            texts["id"] = f"{document}/{number}" if document and number else counted
        if split is not None:
            texts["split"] = split
        known: dict[str, Any] = {name: texts.get(name) for name in FIELDS}
        return Record(**{**known, "rule": rule})

    @staticmethod
    def _rule(value: object) -> Rule | None:
        if _is_blank(value):
            return None
        try:
            if isinstance(value, dict):
                return json_tree.from_object(value)
            text = _text("rule", value) or ""
            return parse_rule(text, "json" if text.startswith("{") else "lrml")
        except (RuleSyntaxError, RuleError) as error:
            raise _BadRowError(f"the rule does not parse: {error}") from None

    def _check_unique(self, name: str, place: str) -> None:
        first = self._places.setdefault(name, place)
        if first != place:
            raise _BadRowError(f"the id {name!r} is already that of {first}")

    def raise_problems(self, path: Path) -> None:
        if not self.problems:
            return
        shown = self.problems[:SHOWN_PROBLEMS]
        left = len(self.problems) - len(shown)
        more = [f"and {left} more"] if left else []
        listed = ";\n  ".join([*shown, *more])
        raise CorpusError(
            f"{path}: {len(self.problems)} of {self.rows} rows are bad:\n  {listed}",
            tuple(self.problems),
        )


def _is_blank(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _elsewhere(field: str, row: Row, fields: Mapping[str, str]) -> str:
    """Say in which other column a row has a field that it lacks; empty if in none."""
    for name, value in row.values.items():
        if name.strip().casefold() in SYNONYMS[field] and not _is_blank(value):
            return f": it stands in {name!r}, where other rows have {fields[field]!r}; use one name"
    return ""


def _text(field: str, value: object) -> str | None:
    """Return a cell as text without outer white space; `None` if nothing is left."""
    if value is None:
        return None
    if isinstance(value, int) and not isinstance(value, bool) and field != "clause":
        return str(value)
    if not isinstance(value, str):
        raise _BadRowError(f"the {field} is no text but {type(value).__name__}")
    if "\0" in value:
        raise _BadRowError(f"the {field} holds a NUL byte")
    if not is_utf8(value):
        raise _BadRowError(f"the {field} is no valid UTF-8")
    return value.replace("\r\n", "\n").strip() or None
