"""Clauses of a text file: a paragraph each, or a line each where no line is empty."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from p4ir.batch.rows import BatchRow
from p4ir.corpus.reading import MAX_CLAUSE_CHARS
from p4ir.corpus.tables import check_text, open_text
from p4ir.inference.refusal import writable


class Paragraphs:
    """The clauses of a text file, each called after the line that it begins in.

    Raises:
        CorpusError: the file is missing, empty or no text.
    """

    def __init__(self, path: Path, name: str) -> None:
        check_text(path)
        self._path, self._name = path, name
        with open_text(path) as file:
            # Empty lines before and after all the text part nothing.
            texts = (not line.isspace() for line in file)
            any(texts)  # the first line with text
            self._is_parted = not all(texts) and any(texts)

    def __iter__(self) -> Iterator[BatchRow]:
        lines: list[str] = []
        start = size = 0
        with open_text(self._path) as file:
            for number, line in enumerate(file, 1):
                words = " ".join(line.split())
                if lines and (not words or not self._is_parted):
                    yield BatchRow(f"{self._name}/{start}", writable(" ".join(lines)))
                    lines, size = [], 0
                if words:
                    start = start if lines else number
                    # What is too long to be a clause need not be kept whole.
                    if size <= MAX_CLAUSE_CHARS:
                        lines.append(words)
                    size += len(words) + 1
        if lines:
            yield BatchRow(f"{self._name}/{start}", writable(" ".join(lines)))
