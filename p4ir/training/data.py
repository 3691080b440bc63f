"""The clauses of a run: what is trained on, what is validated on, what is to be written."""

from __future__ import annotations

import random
from importlib.resources import as_file, files

from p4ir.corpus.reading import read_corpus
from p4ir.corpus.recombination import gather_pool, recombine
from p4ir.corpus.records import Record
from p4ir.errors import RecipeError
from p4ir.rules import Rule, format_rule
from p4ir.rules.draft import write_draft
from p4ir.training.recipe import CorpusOptions, Recipe

_BY_RECIPE = "name it by --set corpus.columns.{field}=NAME"
_RENAME = "rename it"
"""For further corpora: a recipe's `columns` are those of its first one alone."""


def load_clauses(options: CorpusOptions) -> tuple[list[Record], list[Record]]:
    """Return the clauses to train on and those to validate on.

    Raises:
        RecipeError: no corpus is named, or a split is empty.
        CorpusError: a corpus cannot be read.
    """
    if not options.path:
        raise RecipeError(
            "the recipe names no corpus: give --set corpus.path=FILE (CSV, JSONL or Parquet with "
            "clause, rule and split)"
        )
    records = _read(options.path, options.columns, _BY_RECIPE)
    others = _read(options.validation_path) if options.validation_path else records
    train = _of_split(records, options.train_split)
    validation = _of_split(others, options.validation_split)
    if options.hold_out_documents:
        held_out = _checked_documents(options.hold_out_documents, others)
        known = train + validation if others is records else others
        validation = [record for record in known if record.document in held_out]
        train = [record for record in train if record.document not in held_out]
    train = train[: options.limit]
    for path in options.also:
        more = _of_split(_read(path), options.train_split)
        train += [one for one in more if one.document not in options.hold_out_documents]
    if not train:
        raise _empty("train", options.path, records)
    if not validation:
        raise _empty("validation", options.validation_path or options.path, others)
    return train + _recombined(train, options.recombined), validation


def completion_of(rule: Rule, recipe: Recipe) -> str:
    """Return what is to be written: a rule in the recipe's notation, after its draft if any."""
    written = format_rule(rule, recipe.notation)
    return write_draft(rule) + written if recipe.drafts else written


def _read(path: str, columns: dict[str, str] | None = None, how: str = _RENAME) -> list[Record]:
    if path != "bundled":
        return read_corpus(path, columns, how=how)
    with as_file(files("p4ir.recipes") / "tiny.jsonl") as file:
        return read_corpus(file)


def _of_split(records: list[Record], split: str) -> list[Record]:
    return [record for record in records if record.split == split]


def _checked_documents(names: list[str], records: list[Record]) -> set[str]:
    unknown = set(names) - {record.document for record in records}
    if unknown:
        raise RecipeError(f"corpus.hold_out_documents: no clause of {', '.join(sorted(unknown))}")
    return set(names)


def _recombined(records: list[Record], copies: int) -> list[Record]:
    """Return `copies` new pairs of each record, or fewer where they are no new ones."""
    if not copies:
        return []
    pool, rng = gather_pool(records), random.Random(0)
    new = (recombine(record, pool, rng) for _ in range(copies) for record in records)
    return list({record.id: record for record in new if record is not None}.values())


def _empty(part: str, path: str, records: list[Record]) -> RecipeError:
    splits = ", ".join(sorted({str(record.split) for record in records}))
    return RecipeError(
        f"corpus {path} has no clause to use as {part}; its splits are {splits}: "
        f"set corpus.{part}_split"
    )
