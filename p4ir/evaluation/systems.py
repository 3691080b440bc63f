"""A system: anything that gives a rule for a clause, named by a file or by an adapter.

What it said is taken as it is. Ids that are missing, stand twice or belong to no clause
are reported: a clause without a prediction counts as empty text, never less.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from p4ir.batch.progress import track
from p4ir.corpus.columns import choose_columns
from p4ir.corpus.records import Record
from p4ir.corpus.tables import SUFFIXES, Row, is_utf8, read_table
from p4ir.counting import counted
from p4ir.errors import CorpusError, P4irError
from p4ir.evaluation.baselines import Shown, copy_nearest, prompt_few_shot
from p4ir.models.adapters import name_of
from p4ir.rules import NOTATIONS, format_rule, parse_rule

if TYPE_CHECKING:
    from p4ir.inference import Interpretation

_RULE_COLUMNS = ("rule", "lrml", "prediction")
_RENAME = "rename it (--column names columns of the reference alone)"


@dataclass(frozen=True, kw_only=True)
class System:
    """What a system said, by the ids of clauses."""

    name: str
    texts: Mapping[str, str]
    """Id to the predicted rule in compact LRML, or to whatever was written instead."""
    confidences: Mapping[str, float] = field(default_factory=dict)
    """Id to the system's own confidence, 0 to 1, where it gave one."""
    problems: tuple[str, ...] = ()
    """Rows of its file that do not count, each with the place and the reason."""


@dataclass(frozen=True, kw_only=True)
class Answers:
    """What a system said to the clauses of a corpus, in the corpus's order."""

    name: str
    texts: tuple[str, ...]
    """One for each clause; empty where there is none."""
    confidences: tuple[float | None, ...]
    missing: tuple[str, ...] = ()
    """Ids of clauses without a prediction."""
    unknown: tuple[str, ...] = ()
    """Ids of predictions for no clause of the corpus; they do not count."""
    problems: tuple[str, ...] = ()


class Choice(NamedTuple):
    """A system that was asked for, before it is read or run."""

    name: str
    """What the report calls it."""
    source: str
    """A prediction file, a baseline, or an adapter."""
    consensus: int | None = None
    """Rules that the adapter writes for a clause; `None` where that is not said."""


def read_choice(spec: str) -> Choice:
    """Return what `NAME=SYSTEM`, or `SYSTEM` alone, asks for; nothing is read or run.

    Raises:
        CorpusError: the name or the system is missing, there is no such file, or what
            stands behind `*` is no number of rules.
    """
    is_named = "=" in spec and not Path(spec).exists()
    name, _, source = spec.partition("=") if is_named else ("", "", spec)
    if not source.strip() or (is_named and not name.strip()):
        raise CorpusError(f"{spec!r} is no system: expected SYSTEM or NAME=SYSTEM")
    path = Path(source)
    is_predictions = path.is_file() or path.suffix.lower() in SUFFIXES
    if is_predictions and not path.is_file():
        raise CorpusError(f"{source}: no such file of predictions")
    if is_predictions:
        return Choice(name or path.stem, source)
    adapter, star, count = source.rpartition("*")
    if not star:
        return Choice(name or name_of(path), source)
    if not count.isdecimal() or int(count) < 1:
        raise CorpusError(f"{spec}: behind * stands how many rules agree, as in {adapter}*8")
    return Choice(name or f"{name_of(Path(adapter))}*{count}", adapter, int(count))


def load_system(
    spec: str,
    records: Sequence[Record],
    examples: Sequence[Record] = (),
    *,
    consensus: int = 1,
    progress: Shown = track,
    **decoding: Any,
) -> System:
    """Return the predictions of a system for the clauses of a corpus.

    Args:
        spec: a prediction file; `nearest` or `few-shot`, a baseline; or the name or folder
            of an adapter, with `*N` behind it for the consensus of N rules. Baselines and
            adapters are run over the clauses. `NAME=` before it says what the report calls it.
        records: the clauses.
        examples: clauses with rules that baselines may learn from.
        consensus: rules that an adapter writes for a clause, where `spec` does not say.
        progress: shows how many of the clauses are done; what it raises ends the work.
        decoding: how adapters write their rules, else: options of `Interpreter`.

    Raises:
        CorpusError: the file is missing or holds no predictions.
        ModelError: there is no such adapter.
    """
    name, source, rules = read_choice(spec)
    if Path(source).is_file():
        return read_predictions(Path(source), name)
    if source == "nearest":
        return System(name=name, texts=copy_nearest(records, examples))
    if source == "few-shot":
        return System(name=name, texts=prompt_few_shot(records, examples, progress))
    from p4ir.inference import Interpreter

    interpreter = Interpreter(adapter=source, consensus=rules or consensus, **decoding)
    with progress(len(records), what=f"clauses by {name}") as advance:
        found = interpreter.interpret([record.clause for record in records], advance)
    return system_of(name, records, found)


def read_predictions(path: Path, name: str = "", *, need_confidences: bool = True) -> System:
    """Read a CSV, JSON lines or Parquet file of predictions; rules need not parse.

    Raises:
        CorpusError: the file cannot be read, has no columns for ids and rules or no row
            that counts, is no UTF-8, or (where confidences are needed) one of them is no
            probability.
    """
    table = read_table(path)
    chosen = {"rule": _rule_column(path, table.columns)}
    columns = choose_columns(str(path), [*table.columns, "clause"], chosen)
    if "id" not in columns:
        there = ", ".join(table.columns)
        raise CorpusError(f"{path}: no column with the id; the columns are {there}; {_RENAME}")
    texts: dict[str, str] = {}
    confidences: dict[str, float] = {}
    problems: list[str] = []
    for row in table.rows:
        known = row.values.get(columns["id"])
        identifier = "" if known is None else str(known).strip()
        if row.problem or not identifier:
            problems.append(f"{row.place}: {row.problem or 'the id is missing'}")
        elif identifier in texts:
            twice = f"the id {identifier!r} stands in an earlier row, which is used"
            problems.append(f"{row.place}: {twice}")
        else:
            value = row.values.get(columns["rule"])
            texts[identifier] = _as_text(value, row.values.get("notation"))
            if not is_utf8(identifier + texts[identifier]):
                raise CorpusError(f"{path}: {row.place}: is no valid UTF-8; save the file as UTF-8")
            confidence = _confidence(path, row) if need_confidences else None
            if confidence is not None:
                confidences[identifier] = confidence
    if not texts:
        raise CorpusError(f"{path}: {_why_empty(problems)}")
    return System(
        name=name or path.stem, texts=texts, confidences=confidences, problems=tuple(problems)
    )


def system_of(
    name: str, records: Sequence[Record], interpretations: Sequence[Interpretation]
) -> System:
    """Return what an interpreter made of the clauses, one interpretation each, as a system."""
    pairs = list(zip(records, interpretations, strict=True))
    return System(
        name=name,
        texts={r.id: format_rule(f.rule) if f.rule else f.completion for r, f in pairs},
        confidences={r.id: f.confidence for r, f in pairs if f.confidence is not None},
    )


def align(system: System, records: Sequence[Record]) -> Answers:
    """Put a system's predictions in the order of the clauses.

    Raises:
        CorpusError: no prediction is for any of the clauses.
    """
    ids = [record.id for record in records]
    known = set(ids)
    missing = tuple(name for name in ids if name not in system.texts)
    if ids and len(missing) == len(ids):
        seen = next(iter(system.texts), "")
        near = difflib.get_close_matches(seen, ids, 1, 0)[0]
        raise CorpusError(
            f"{system.name}: none of its ids is that of a clause to compare on; its ids are "
            f"such as {seen!r}, the clauses' such as {near!r}; give both files the same ids in a "
            "column id, or make the rules with `p4ir batch` from the file of the clauses"
        )
    return Answers(
        name=system.name,
        texts=tuple(system.texts.get(name, "") for name in ids),
        confidences=tuple(system.confidences.get(name) for name in ids),
        missing=missing,
        unknown=tuple(name for name in system.texts if name not in known),
        problems=system.problems,
    )


def _rule_column(path: Path, columns: Sequence[str]) -> str:
    known = {name.strip().casefold(): name for name in columns}
    for name in _RULE_COLUMNS:
        if name in known:
            return known[name]
    raise CorpusError(
        f"{path}: no column with the rule ({', '.join(_RULE_COLUMNS)}); the columns are "
        f"{', '.join(columns)}; {_RENAME}"
    )


def _why_empty(problems: Sequence[str]) -> str:
    if not problems:
        return "has no rows"
    return f"no row can be used, of {counted(len(problems), 'row')}; the first: {problems[0]}"


def _as_text(value: object, notation: object) -> str:
    """Return a prediction as compact LRML, from whatever notation it says that it is in."""
    if value is None:
        return ""
    text = value if isinstance(value, str) else json.dumps(value)
    known = "json" if text.lstrip().startswith("{") else notation
    if known in NOTATIONS and known != "lrml":
        with suppress(P4irError):
            return format_rule(parse_rule(text, known))
    return text


def _confidence(path: Path, row: Row) -> float | None:
    value = row.values.get("confidence")
    if value is None or value == "":
        return None
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = -1.0
    if not 0 <= number <= 1:
        raise CorpusError(
            f"{path}: {row.place}: the confidence is {value!r}, not a number from 0 to 1"
        )
    return number
