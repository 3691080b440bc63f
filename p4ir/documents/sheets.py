"""CSV and XLSX: a clause a row, in the column that holds clauses.

Formulas are read as the values that the spreadsheet program saved with them; nothing is
computed here.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from p4ir.corpus.columns import SYNONYMS, choose_columns
from p4ir.corpus.headers import HEAD_ROWS, find_header, first_filled
from p4ir.corpus.tables import Row, read_csv
from p4ir.documents.document import Clause
from p4ir.documents.text import decode
from p4ir.errors import CorpusError, DocumentError

_NUMBER_COLUMNS = ("number", "no", "no.", "nr", "nr.", "clause no", "clause no.", "clause number")


class _Unread(NamedTuple):
    """A cell that has no value to be read."""

    why: str


class Sheet(NamedTuple):
    """A table and its name; that of a CSV is empty."""

    name: str
    columns: tuple[str, ...]
    rows: Sequence[Row]
    """The place of each ends in the number of its row."""


def csv_sheets(
    data: bytes, name: str, chosen: Mapping[str, str] | None
) -> tuple[list[Sheet], list[str]]:
    """Return the one table of a CSV, and what is to be said of how it was read.

    Raises:
        DocumentError: it is no CSV.
    """
    text, notes = decode(data, name)
    try:
        table = read_csv(name, text, chosen)
    except CorpusError as error:
        raise DocumentError(str(error)) from None
    return [_with_header(Sheet("", table.columns, table.rows))], notes


def xlsx_sheets(data: bytes, chosen: Mapping[str, str] | None) -> tuple[list[Sheet], list[str]]:
    """Return the visible sheets of a workbook, and what is to be said of how it was read."""
    import openpyxl

    notes = []
    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    formulas = _formulas(openpyxl.load_workbook(io.BytesIO(data), read_only=True))
    sheets = []
    for sheet in book.worksheets:
        if sheet.sheet_state == "visible":
            sheets.append(_read_sheet(sheet, formulas.get(sheet.title, set()), chosen))
        else:
            notes.append(f"the hidden sheet {sheet.title!r} was left out")
    count = sum(map(len, formulas.values()))
    if count:
        what = "cell holds a formula" if count == 1 else "cells hold formulas"
        notes.append(f"{count} {what}; read as the value saved with it, not computed anew")
    return [sheet for sheet in sheets if sheet.rows], notes


def clauses_of(
    sheets: Sequence[Sheet], stem: str, name: str, chosen: Mapping[str, str] | None, how: str
) -> tuple[tuple[Clause, ...], list[str]]:
    """Return the clauses of tables, and what is to be said of rows that hold none.

    Raises:
        DocumentError: no table has a column of clauses, `columns` lists what there is; or two
            columns go by the name of one that is read.
    """
    clauses: list[Clause] = []
    notes: list[str] = []
    problem: DocumentError | None = None
    for sheet in sheets:
        try:
            fields = choose_columns(
                name, sheet.columns, _known(chosen, sheet), need_rules=False, how=how
            )
            _check_single(fields, sheet, name)
        except CorpusError as error:
            columns = tuple(column for column in sheet.columns if column)
            problem = problem or DocumentError(str(error), columns=columns)
            if sheet.name:
                notes.append(f"the sheet {sheet.name!r} has no column of clauses; left out")
            continue
        clauses += _clauses(sheet, fields, stem, len(sheets) > 1, notes)
    if not clauses and problem:
        raise problem
    return _unique(clauses), notes


def _clauses(
    sheet: Sheet, fields: Mapping[str, str], stem: str, is_one_of_many: bool, notes: list[str]
) -> Iterator[Clause]:
    named = f"sheet {sheet.name}, " if is_one_of_many else ""
    for row in sheet.rows:
        number = int(row.place.split()[-1])
        values = {field: _text(row.values.get(column)) for field, column in fields.items()}
        if row.problem or not values["clause"]:
            cell = row.values.get(fields["clause"])
            why = cell.why if isinstance(cell, _Unread) else "the clause is empty"
            notes.append(f"{named}row {number} left out: {row.problem or why}")
            continue
        clause_number = values.get("number", "")
        yield Clause(
            id=values.get("id") or f"{stem}/{clause_number or number}",
            text=values["clause"],
            number=clause_number,
            place=f"{named}row {number}",
            row=number,
            sheet=sheet.name,
        )


def _check_single(fields: Mapping[str, str], sheet: Sheet, name: str) -> None:
    for column in fields.values():
        if sheet.columns.count(column) > 1:
            raise DocumentError(
                f"{name}: two columns of the sheet {sheet.name!r} are called {column!r}"
            )


def _known(chosen: Mapping[str, str] | None, sheet: Sheet) -> dict[str, str]:
    """Return the user's columns, and the one of numbers by the names that it goes by."""
    known = dict(chosen or {})
    for column in sheet.columns:
        if column.strip().casefold() in _NUMBER_COLUMNS:
            known.setdefault("number", column)
    return known


def _read_sheet(
    sheet: Any, formulas: set[tuple[int, int]], chosen: Mapping[str, str] | None
) -> Sheet:
    """Read the header of a sheet and the rows below it."""
    filled: list[tuple[int, list[str | _Unread]]] = []
    for number, cells in enumerate(_rows(sheet), 1):
        values = [_value(cell, (number, place) in formulas) for place, cell in enumerate(cells, 1)]
        if any(values):
            filled.append((number, values))
    head = [[_text(value) for value in values] for _, values in filled[:HEAD_ROWS]]
    header = find_header(head, chosen)
    header = first_filled(head) if header is None else header
    columns = tuple(head[header]) if head else ()
    rows = [
        Row(f"row {number}", dict(zip(columns, values, strict=False)))
        for number, values in filled[header + 1 :]
    ]
    return _with_header(Sheet(sheet.title, columns, rows))


def _rows(sheet: Any) -> Iterator[Sequence[Any]]:
    """Yield all rows of a sheet, whatever size it says that it has: programs leave that stale."""
    sheet.reset_dimensions()
    rows: Iterator[Sequence[Any]] = sheet.iter_rows()
    return rows


def _value(cell: Any, is_formula: bool) -> str | _Unread:
    if cell.data_type == "e":
        return _Unread(f"it holds the error {cell.value}")
    text = _text(cell.value)
    if is_formula and not text:
        return _Unread("its formula has no saved value: open it in a spreadsheet and save it")
    return text


def _with_header(sheet: Sheet) -> Sheet:
    """Give a table of one column its missing header: then its first row is a clause."""
    filled = [column for column in sheet.columns if column]
    known = {name for names in SYNONYMS.values() for name in names}
    if len(filled) != 1 or filled[0].casefold() in known:
        return sheet
    column = filled[0]
    first = min((int(row.place.split()[-1]) for row in sheet.rows), default=2) - 1
    rows = [Row(f"row {max(first, 1)}", {column: column}), *sheet.rows]
    values = [row._replace(values={"clause": row.values.get(column)}) for row in rows]
    return Sheet(sheet.name, ("clause",), values)


def _formulas(book: Any) -> dict[str, set[tuple[int, int]]]:
    """Return for each sheet the places of its formulas: (row, column), from 1."""
    return {
        sheet.title: {
            (cell.row, cell.column)
            for row in _rows(sheet)
            for cell in row
            if getattr(cell, "data_type", "") == "f"
        }
        for sheet in book.worksheets
    }


def _text(value: object) -> str:
    if value is None or isinstance(value, _Unread):
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return " ".join(str(value).split())


def _unique(clauses: Sequence[Clause]) -> tuple[Clause, ...]:
    """Number the ids that stand again; none becomes another's."""
    taken = {clause.id for clause in clauses}
    repeats: Counter[str] = Counter()
    unique = []
    for clause in clauses:
        repeats[clause.id] += 1
        if repeats[clause.id] > 1:
            while (id := f"{clause.id}#{repeats[clause.id]}") in taken:
                repeats[clause.id] += 1
            taken.add(id)
            clause = replace(clause, id=id)
        unique.append(clause)
    return tuple(unique)
