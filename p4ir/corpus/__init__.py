"""Corpora: clauses with their rules, read, checked, split and written."""

from p4ir.corpus.reading import choose_split, read_corpus
from p4ir.corpus.records import Record
from p4ir.corpus.splitting import (
    apply_splits,
    read_splits,
    split_at_random,
    split_by_document,
    write_splits,
)
from p4ir.corpus.writing import write_jsonl

__all__ = [
    "Record",
    "apply_splits",
    "choose_split",
    "read_corpus",
    "read_splits",
    "split_at_random",
    "split_by_document",
    "write_jsonl",
    "write_splits",
]
