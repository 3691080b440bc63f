"""The clauses of a run: what is trained on, what is validated on."""

from __future__ import annotations

from importlib.resources import as_file, files

from p4ir.corpus.reading import read_corpus
from p4ir.corpus.records import Record
from p4ir.errors import RecipeError
from p4ir.training.recipe import CorpusOptions


def load_clauses(options: CorpusOptions) -> tuple[list[Record], list[Record]]:
    """Return the clauses to train on and those to validate on.

    Raises:
        RecipeError: no corpus is named, or a split is empty.
        CorpusError: the corpus cannot be read.
    """
    if not options.path:
        raise RecipeError(
            "the recipe names no corpus: give --set corpus.path=FILE (CSV, JSONL or Parquet with "
            "clause, rule and split)"
        )
    if options.path == "bundled":
        with as_file(files("p4ir.recipes") / "tiny.jsonl") as path:
            records = read_corpus(path)
    else:
        records = read_corpus(options.path, options.columns or None)
    train = [r for r in records if r.split == options.train_split]
    validation = [r for r in records if r.split == options.validation_split]
    if options.hold_out_documents:
        held_out = set(options.hold_out_documents)
        unknown = held_out - {r.document for r in records}
        if unknown:
            missing = ", ".join(sorted(unknown))
            raise RecipeError(f"corpus.hold_out_documents: no clause of {missing}")
        validation = [r for r in train + validation if r.document in held_out]
        train = [r for r in train if r.document not in held_out]
    train = train[: options.limit]
    for path in options.also:
        train += [r for r in read_corpus(path) if r.split == options.train_split]
    for name, part in (("train", train), ("validation", validation)):
        if not part:
            splits = sorted({str(r.split) for r in records})
            raise RecipeError(
                f"corpus {options.path} has no clause to use as {name}; its splits are "
                f"{', '.join(splits)}: set corpus.{name}_split"
            )
    return train, validation
