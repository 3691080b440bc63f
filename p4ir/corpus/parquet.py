"""The columns and rows of Parquet files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from p4ir.errors import CorpusError, first_line

_BATCH_ROWS = 256
"""Rows that are turned into objects together."""


def parquet_columns(path: Path) -> list[str]:
    """Return the names of a file's columns, in order.

    Raises:
        CorpusError: the file is missing, or no Parquet file.
    """
    names: list[str] = _open(path).schema_arrow.names
    return names


def parquet_rows(path: Path) -> Iterator[dict[str, Any]]:
    """Yield a file's rows, column to value.

    Raises:
        CorpusError: the file is missing, no Parquet file, or damaged further down.
    """
    import pyarrow

    number = 0
    try:
        for batch in _open(path).iter_batches(batch_size=_BATCH_ROWS):
            for values in batch.to_pylist():
                number += 1
                yield values
    except (OSError, pyarrow.ArrowException) as error:
        raise CorpusError(
            f"{path}: cannot be read behind row {number}: {first_line(error)}"
        ) from None


def _open(path: Path) -> Any:
    import pyarrow
    import pyarrow.parquet

    try:
        return pyarrow.parquet.ParquetFile(path, pre_buffer=False)
    except FileNotFoundError:
        raise CorpusError(f"{path}: cannot be read: No such file or directory") from None
    except (OSError, pyarrow.ArrowException) as error:
        why = f"is no Parquet file that can be read: {first_line(error)}"
        raise CorpusError(f"{path}: {why}") from None
