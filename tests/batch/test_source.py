import pyarrow
import pyarrow.parquet
import pytest

from p4ir.batch.source import Source
from p4ir.errors import CorpusError, DocumentError
from tests.documents.files import excel


@pytest.mark.parametrize(
    ("name", "content", "ids"),
    [
        ("a.csv", "id,text\n007,A door.\n 8 ,A stair.\n", ["007", " 8 "]),
        ("a.tsv", "clause\tid\nA door.\tx\n", ["x"]),
        ("a.jsonl", '{"id": 7, "clause": "A door."}\n{"id": "007", "clause": "B"}\n', ["7", "007"]),
        ("a.jsonl", '{"id": 7.5, "text": "A door."}\n', ["7.5"]),
        ("a.csv", "clause\nA door.\nA stair.\n", ["a/2", "a/3"]),
        ("a.csv", "file,number,text\nE2,1.1,A door.\n", ["E2/1.1"]),
        ("a.csv", "id,clause\n,A door.\n2,A stair.\n", ["a/2", "2"]),
        ("a.csv", "id,clause\n ,A door.\n\t,A stair.\n", ["a/2", "a/3"]),
    ],
)
def test_an_id_is_the_text_that_was_read(tmp_path, name, content, ids):
    path = tmp_path / name
    path.write_text(content)
    assert [row.id for row in Source(path)] == ids


def test_parquet_is_read(tmp_path):
    path = tmp_path / "in.parquet"
    columns = {"id": [1, 2], "text": ["A door.", None], "other": [b"x", b"y"]}
    pyarrow.parquet.write_table(pyarrow.table(columns), path)
    first, second = Source(path)
    assert (first.id, first.clause, first.problem) == ("1", "A door.", "")
    assert (second.id, second.problem) == ("2", "the clause is missing")


def test_ids_without_a_column_are_those_of_a_corpus_read_from_the_same_file(tmp_path):
    from p4ir.corpus.reading import read_corpus

    for content in ("file,number,text\nE2,1.1,A door.\n", "clause\nA door.\nA stair.\n"):
        path = tmp_path / "in.csv"
        path.write_text(content)
        records = read_corpus(path, need_rules=False)
        assert [row.id for row in Source(path)] == [record.id for record in records]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.csv", "number,words\n1,A door.\n", "no column with the clause.*name it by --col"),
        ("a.csv", "id,clause\n", "has no rows"),
        ("a.csv", "", "is empty"),
        ("a.csv", "\0\1\2" * 100, "is a binary file"),
        ("a.csv", "PK\x03\x04", "Excel workbook"),
        ("a.csv", '{"id": 1, "clause": "A door."}\n', "is JSON lines; let its name end in .jsonl"),
        ("a.jsonl", "id,clause\n1,A door.\n", "holds no JSON object"),
        ("a.doc", "A door.", "ends in .csv"),
        ("none.csv", None, "No such file"),
    ],
)
def test_an_input_that_is_no_table_of_clauses_is_refused(tmp_path, name, content, message):
    if content is not None:
        (tmp_path / name).write_text(content)
    with pytest.raises(CorpusError, match=message):
        Source(tmp_path / name)


def test_a_document_is_cut_into_clauses_which_keep_their_place(tmp_path):
    path = tmp_path / "code.txt"
    path.write_text("1.1 A door shall have\na handle.\n\n1.2 A stair shall be wide.\n")
    first, second = Source(path)
    assert (first.id, first.clause) == ("code/1.1", "1.1 A door shall have a handle.")
    assert first.origin["document"] == "code.txt"
    assert (second.origin["number"], second.origin["row"]) == ("1.2", 4)
    assert len(second.origin["document_sha256"]) == 64


def test_what_was_left_out_of_a_document_is_said_in_a_line(tmp_path):
    path = tmp_path / "code.txt"
    path.write_text("1 Doors\n\n1.1 Handles\nA door shall have a handle.\n")
    assert list(Source(path).notes) == [
        "code.txt: 2 paragraphs left out as headings and the like: '1.1 Handles', '1 Doors'"
    ]


def test_a_table_in_windows_1252_is_read_and_said(tmp_path):
    path = tmp_path / "in.csv"
    path.write_bytes("id,clause\n1,A door.\n2,A café door – wide.\n".encode("cp1252"))
    source = Source(path)
    assert [row.clause for row in source] == ["A door.", "A café door – wide."]
    assert list(source.notes) == [
        "in.csv: is no UTF-8; read as Windows-1252: look at letters with accents"
    ]


def test_a_table_in_utf_8_with_a_damaged_row_keeps_its_other_rows(tmp_path):
    path = tmp_path / "in.csv"
    path.write_bytes("id,clause\n1,A café door.\n".encode() + b"2,A caf\xe9.\n3,A stair.\n")
    source = Source(path)
    assert [row.clause for row in source] == ["A café door.", "A caf\ufffd.", "A stair."]
    assert not source.notes


def test_a_document_that_is_none_is_refused(tmp_path):
    path = tmp_path / "code.pdf"
    path.write_text("A door shall have a handle.")
    with pytest.raises(DocumentError, match=r"code\.pdf"):
        Source(path)


def test_columns_may_have_other_names(tmp_path):
    path = tmp_path / "in.csv"
    path.write_text("Nr,Requirement text\n7,A door.\n")
    (row,) = Source(path, {"clause": "requirement text", "id": "Nr"})
    assert (row.id, row.clause) == ("7", "A door.")
    with pytest.raises(CorpusError, match="no column 'words'; the columns are 'Nr'"):
        Source(path, {"clause": "words"})


def test_a_table_is_read_below_its_title(tmp_path):
    path = tmp_path / "in.csv"
    path.write_text("Register, 2024\n\nNr;Wording\n7;A door, or a gate.\n")
    (row,) = Source(path, {"clause": "Wording"})
    assert (row.id, row.clause) == ("in/4", "A door, or a gate.")
    with pytest.raises(CorpusError, match="the columns are 'Nr', 'Wording'"):
        Source(path)


def test_where_a_clause_stands_goes_with_it(tmp_path):
    path = tmp_path / "in.csv"
    path.write_text("document,number,clause\nE2,1.1,A door.\n,,A stair.\n")
    first, second = Source(path)
    assert first.origin == {"document": "E2", "number": "1.1"}
    assert second.origin == {}


def test_a_folder_is_read_file_by_file(tmp_path):
    folder = tmp_path / "codes"
    (folder / "old").mkdir(parents=True)
    (folder / "b.csv").write_text("id,clause\n1,A door.\n")
    (folder / "a.txt").write_text("A stair shall be wide.")
    (folder / "old" / "b.csv").write_text("id,clause\n1,A wall.\n")
    (folder / "broken.parquet").write_text("no Parquet")
    (folder / "notes.docm").write_text("?")
    (folder / ".hidden.txt").write_text("?")
    source = Source(folder)
    assert [(row.id, row.clause) for row in source] == [
        ("a.txt/#1", "A stair shall be wide."),
        ("b.csv/1", "A door."),
        ("broken.parquet", ""),
        ("old/b.csv/1", "A wall."),
    ]
    problems = [row.problem for row in source if row.problem]
    assert len(problems) == 1
    assert "broken.parquet: is no Parquet file" in problems[0]
    assert source.left_out == ("notes.docm",)
    assert len(source) == 4


def test_rows_of_a_folder_without_an_id_are_called_as_no_other(tmp_path):
    folder = tmp_path / "codes"
    folder.mkdir()
    (folder / "a.csv").write_text("id,clause\n3,A door.\n,A stair.\na/3,A wall.\n")
    (folder / "b.csv").write_text("document,number,clause\nb,3,A door.\n,,A stair.\n")
    (folder / "c.csv").write_text("clause\nA door.\n")
    (folder / "d.txt").write_text("1.1 A stair shall be wide.")
    rows = [["id", "clause"], ["3", "A door."], [None, "A stair."], ["7", "A wall."]]
    (folder / "e.xlsx").write_bytes(excel(Sheet=rows))
    source = Source(folder)
    assert [row.id for row in source] == [
        "a.csv/3", "a.csv:3", "a.csv/a/3", "b.csv/3", "b.csv:3", "c.csv/2", "d.txt/1.1",
        "e.xlsx/3", "e.xlsx/e/3", "e.xlsx/7",
    ]  # fmt: skip
    assert not any(row.problem for row in source)


def test_a_folder_without_clauses_is_refused(tmp_path):
    with pytest.raises(CorpusError, match=r"holds no file that ends in \.csv"):
        Source(tmp_path)


def test_an_id_that_stands_twice_is_a_problem_of_the_later_row(tmp_path):
    path = tmp_path / "in.csv"
    path.write_text("id,clause\n1,A door.\n2,A stair.\n1,A wall.\n")
    assert [row.problem for row in Source(path)] == ["", "", "the id '1' stands in an earlier row"]


def test_a_cell_of_many_lines_is_one_row_however_long_it_is(tmp_path):
    path = tmp_path / "in.csv"
    long = "a line, with a comma\n" * 20_000
    path.write_text(f'id,clause\n1,A door.\n2,"{long}"\n3,A stair.\n')
    assert [(row.id, len(row.clause)) for row in Source(path)] == [
        ("1", len("A door.")),
        ("2", len(long)),
        ("3", len("A stair.")),
    ]


def test_a_parquet_file_of_many_row_groups_is_read_to_its_end(tmp_path):
    path = tmp_path / "in.parquet"
    table = pyarrow.table({"id": list(range(1000)), "clause": [f"Door {n}." for n in range(1000)]})
    pyarrow.parquet.write_table(table, path, row_group_size=300)
    source = Source(path)
    assert len(source) == 1000
    assert [row.clause for row in source] == [f"Door {n}." for n in range(1000)]
