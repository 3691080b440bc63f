"""The output of a job that is done: its part under another name, or as Parquet."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Any

from p4ir.errors import OutputError

_ROWS = 1024
"""Rows that are turned to Parquet together."""


def prepare(output: Path) -> None:
    """Load what writing the output takes: a job's memory is then the same to its end."""
    if output.suffix.lower() == ".parquet":
        import pyarrow
        from pyarrow import parquet

        # What is loaded only by writing: pandas, where there is one, and the codecs.
        parquet.write_table(pyarrow.table({"rule": [""]}), pyarrow.BufferOutputStream())


def finish(part: Path, output: Path) -> None:
    """Turn a part into the output, whole or not at all.

    Raises:
        OutputError: the output cannot be written; the part is left as it is.
    """
    if output.suffix.lower() != ".parquet":
        os.replace(part, output)
        return
    temporary = output.with_name(output.name + ".writing")
    try:
        _write_parquet(part, temporary)
        os.replace(temporary, output)
    except OSError as error:
        with suppress(OSError):
            temporary.unlink()
        raise OutputError(
            f"{output} could not be written: {error.strerror or error}; all rows are kept in "
            f"{part.name}, the same command goes on from there"
        ) from error
    part.unlink()


def _write_parquet(part: Path, path: Path) -> None:
    import pyarrow
    from pyarrow import parquet

    schema = pyarrow.schema(_fields(part))
    with parquet.ParquetWriter(path, schema) as writer:
        results = _read(part)
        while some := list(islice(results, _ROWS)):
            columns = {f.name: [_cell(r.get(f.name), f.type) for r in some] for f in schema}
            writer.write_table(pyarrow.table(columns, schema))


def _fields(part: Path) -> list[Any]:
    """Return a field for each key that some result has."""
    import pyarrow

    text = pyarrow.string()
    types = {
        list: pyarrow.list_(text),
        bool: pyarrow.bool_(),
        int: pyarrow.int64(),
        float: pyarrow.float64(),
    }
    kinds: dict[str, set[type]] = {}
    for result in _read(part):
        for key, value in result.items():
            kinds.setdefault(key, set()).add(type(value))
    for seen in kinds.values():
        seen.discard(type(None))
        if seen == {int, float}:
            seen.remove(int)
    return [
        pyarrow.field(key, types.get(next(iter(seen)), text) if len(seen) == 1 else text)
        for key, seen in kinds.items()
    ]


def _cell(value: Any, kind: Any) -> Any:
    """Return a value as its column holds it: what is no text becomes JSON in a column of text."""
    if isinstance(value, list):
        value = [each if isinstance(each, str) else json.dumps(each) for each in value]
    if kind == "string" and not isinstance(value, str | None):
        return json.dumps(value, ensure_ascii=False)
    return value


def _read(part: Path) -> Iterator[dict[str, Any]]:
    with part.open("rb") as file:
        for line in file:
            yield json.loads(line)
