"""Data that lies beside a development checkout and is no part of the project."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"
CLAUSES = SHARED / "data" / "nzbc_lrml" / "clauses.csv"
GRAMMAR = SHARED / "data" / "nzbc_lrml" / "lrml.lark"
F1_VECTORS = SHARED / "data" / "nzbc_lrml" / "lrml_f1_vectors.json"

needs_shared = pytest.mark.skipif(
    not CLAUSES.exists(), reason=f"the NZBC-LRML data is not at {CLAUSES}"
)


def development_texts() -> list[str]:
    """Return the rules of the development clauses as published."""
    with CLAUSES.open(encoding="utf-8", newline="") as rows:
        return [row["lrml"] for row in csv.DictReader(rows)]
