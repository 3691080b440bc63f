import csv
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from p4ir.corpus import Record, choose_split, read_corpus, write_jsonl
from p4ir.errors import CorpusError, OutputError
from p4ir.rules import format_rule, parse_rule

RULE = "if(exist(door)),then(obligation(greaterThanEqual(door.width,850 mm)))"
JSON_RULE = '{"if": [{"exist": ["door"]}], "then": [{"obligation": ["x"]}]}'
NZBC_LRML = Path(__file__).resolve().parents[2].parent / "shared/data/nzbc_lrml/clauses.csv"


@pytest.fixture
def write(tmp_path):
    """Write a corpus file; text is written as it is."""

    def write(name, content):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def problems_of(path, **options):
    with pytest.raises(CorpusError) as caught:
        read_corpus(path, **options)
    return caught.value


def in_csv(*rows, header="id,clause,rule"):
    """Return CSV text; cells with commas are quoted."""
    import io

    out = io.StringIO()
    csv.writer(out).writerows([header.split(","), *rows])
    return out.getvalue()


def test_a_csv_file_becomes_records(write):
    path = write("c.csv", in_csv(["1", "Doors shall be wide.", RULE]))
    assert read_corpus(path) == [
        Record(id="1", clause="Doors shall be wide.", rule=parse_rule(RULE))
    ]


@pytest.mark.parametrize(
    "header",
    [
        "id,clause,rule",
        "example_id,text,lrml",
        "id,content,rule",
        "ID, Clause ,LRML",
    ],
)
def test_columns_go_by_several_names(write, header):
    path = write("c.csv", in_csv(["1", "Doors.", RULE], header=header))
    (record,) = read_corpus(path)
    assert (record.id, record.clause, record.rule) == ("1", "Doors.", parse_rule(RULE))


def test_nzbc_lrml_columns_need_no_mapping(write):
    row = ["CODE-X1#2.0", "3.1", "Doors.", RULE, "In plain words.", "validation"]
    path = write("c.csv", in_csv(row, header="file,number,text,lrml,paraphrase,split"))
    (record,) = read_corpus(path)
    assert record.id == "CODE-X1#2.0/3.1"
    assert record.document == "CODE-X1#2.0"
    assert record.paraphrase == "In plain words."
    assert record.split == "validation"


def test_other_names_are_mapped(write):
    header = "law,expert,text,doc_split"
    path = write("c.csv", in_csv(["Doors.", RULE, "not this", "train"], header=header))
    columns = {"clause": "law", "rule": "Expert", "split": "doc_split"}
    (record,) = read_corpus(path, columns)
    assert (record.clause, record.split) == ("Doors.", "train")


def test_rows_without_an_id_are_numbered_by_line(write):
    path = write("rules.csv", in_csv(["Doors.", RULE], ["Walls.", RULE], header="clause,rule"))
    assert [record.id for record in read_corpus(path)] == ["rules/2", "rules/3"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("bom.csv", b"\xef\xbb\xbf" + in_csv(["1", "Doors.", RULE]).encode()),
        ("crlf.csv", f'id,clause,rule\r\n1,Doors.,"{RULE}"\r\n\r\n'),
        ("lf.csv", f'id,clause,rule\n1,Doors.,"{RULE}"'),
        ("semicolons.csv", f"id;clause;rule\n1;Doors.;{RULE}\n"),
        ("tabs.tsv", f"id\tclause\trule\n1\tDoors.\t{RULE}\n"),
        ("empty columns.csv", f'id,clause,rule,,\n1,Doors.,"{RULE}",,\n,,,,\n'),
        ("short row.csv", f'id,clause,rule,topic\n1,Doors.,"{RULE}"\n'),
        ("bom.jsonl", '\ufeff{"id": "1", "clause": "Doors.", "rule": "' + RULE + '"}'),
        ("crlf.jsonl", '\r\n{"id": 1, "clause": " Doors. ", "rule": "' + RULE + '"}\r\n'),
    ],
)
def test_spellings_of_the_same_record(write, name, content):
    expected = Record(id="1", clause="Doors.", rule=parse_rule(RULE))
    assert read_corpus(write(name, content)) == [expected]


def test_quoted_newlines_belong_to_the_clause_and_count_as_lines(write):
    path = write("c.csv", f'id,clause,rule\r\n1,"Doors\r\nand walls.","{RULE}"\r\n2,,"{RULE}"\r\n')
    assert problems_of(path).problems == ("line 4: the clause is missing or empty",)
    path = write("c.csv", f'id,clause,rule\r\n1,"Doors\r\nand walls.","{RULE}"\r\n')
    assert read_corpus(path)[0].clause == "Doors\nand walls."


@pytest.mark.parametrize("separator", ["\u2028", "\x85", "\x0c"])
def test_json_lines_end_at_newlines_only(write, separator):
    line = json.dumps({"clause": f"Doors{separator}and walls."}, ensure_ascii=False)
    (record,) = read_corpus(write("c.jsonl", line), need_rules=False)
    assert record.clause == f"Doors{separator}and walls."


@pytest.mark.parametrize("rule", [JSON_RULE, json.loads(JSON_RULE)])
def test_a_rule_may_be_json(write, rule):
    path = write("c.jsonl", json.dumps({"clause": "Doors.", "rule": rule}))
    assert format_rule(read_corpus(path)[0].rule) == "if(exist(door)),then(obligation(x))"


def test_rules_may_be_missing_where_none_are_needed(write):
    path = write("c.jsonl", '{"clause": "Doors."}\n{"clause": "Walls.", "rule": ""}')
    assert [record.rule for record in read_corpus(path, need_rules=False)] == [None, None]
    assert read_corpus(write("c.csv", "text\nDoors.\n"), need_rules=False)[0].clause == "Doors."


def test_a_rule_that_does_not_parse_is_bad_even_where_none_is_needed(write):
    path = write("c.jsonl", '{"clause": "Doors.", "rule": "if(x"}')
    assert len(problems_of(path, need_rules=False).problems) == 1


def test_parquet_is_read(tmp_path):
    import pyarrow
    import pyarrow.parquet

    rows = [
        {"example_id": 7, "content": "Doors.", "rule": RULE},
        {"example_id": 8, "content": None, "rule": RULE},
    ]
    path = tmp_path / "c.parquet"
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(rows[:1]), path)
    assert read_corpus(path) == [Record(id="7", clause="Doors.", rule=parse_rule(RULE))]
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(rows), path)
    assert problems_of(path).problems == ("row 2: the clause is missing or empty",)


def test_a_folder_holds_one_file_for_each_split(write, tmp_path):
    for n, split in enumerate(("train", "test")):
        write(f"corpus/{split}.jsonl", json.dumps({"id": n, "clause": "Doors.", "rule": RULE}))
    records = read_corpus(tmp_path / "corpus")
    assert [(record.id, record.split) for record in records] == [("0", "train"), ("1", "test")]
    assert [r.id for r in read_corpus(tmp_path / "corpus", split="test")] == ["1"]


def test_an_id_is_unique_in_the_whole_folder(write, tmp_path):
    for split in ("train", "test"):
        write(f"corpus/{split}.jsonl", json.dumps({"id": "a", "clause": "Doors.", "rule": RULE}))
    assert problems_of(tmp_path / "corpus").problems == (
        "test.jsonl: line 1: the id 'a' is already that of train.jsonl: line 1",
    )


def test_a_folder_without_splits_says_what_it_looked_for(tmp_path):
    assert "train, validation, test" in str(problems_of(tmp_path))


def test_a_split_that_is_not_there_names_those_that_are(write):
    header = "id,clause,rule,split"
    path = write("c.csv", in_csv(["1", "Doors.", RULE, "train"], header=header))
    assert "there are train (1)" in str(problems_of(path, split="test"))


BAD_ROWS = [
    ({"clause": " ", "rule": RULE}, "the clause is missing or empty"),
    ({"rule": RULE}, "the clause is missing or empty"),
    ({"clause": 5, "rule": RULE}, "the clause is no text but int"),
    ({"clause": ["Doors."], "rule": RULE}, "the clause is no text but list"),
    ({"clause": "Doors.", "rule": RULE, "topic": True}, "the topic is no text but bool"),
    ({"clause": "Doors."}, "the rule is missing or empty"),
    ({"clause": "Doors.", "rule": "  "}, "the rule is missing or empty"),
    ({"clause": "Doors.", "rule": 5}, "the rule does not parse: line 1, column 1"),
    (
        {"clause": "Doors.", "rule": "if(exist(door)),then(x"},
        "the rule does not parse: line 1, column 23: found the end of the text, "
        "expected ',' or ')'",
    ),
    ({"clause": "Doors.", "rule": "{"}, "the rule does not parse: line 1, column 2"),
    ({"clause": "Doors.", "rule": {"if": []}}, "the rule does not parse: line 1, column 1"),
    ({"clause": "D" * 20_001, "rule": RULE}, "the clause has 20001 characters, at most 20000"),
    ({"clause": "Do\0ors.", "rule": RULE}, "the clause holds a NUL byte"),
    ({"clause": "Do\ud800ors.", "rule": RULE}, "the clause is no valid UTF-8"),
    (["Doors.", RULE], "is no JSON object"),
]


@pytest.mark.parametrize(("row", "reason"), BAD_ROWS)
def test_a_bad_row_is_named_with_its_line_and_reason(write, row, reason):
    good = {"clause": "Walls.", "rule": RULE}
    path = write("c.jsonl", f"{json.dumps(good)}\n{json.dumps(row)}\n{json.dumps(good)}")
    (problem,) = problems_of(path).problems
    assert problem.startswith(f"line 2: {reason}")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('2,"Doors"x,r', "broken quoting"),
        ("2,Doors,r,4,5", "has 5 columns, the header has 3"),
        ('2,"Doors.,r', "broken quoting"),
        (f'1,Doors.,"{RULE}"', "the id '1' is already that of line 2"),
    ],
)
def test_a_bad_line_of_csv_is_named(write, line, reason):
    path = write("c.csv", f'id,clause,rule\n1,Walls.,"{RULE}"\n{line}\n')
    (problem,) = problems_of(path).problems
    assert problem.startswith(f"line 3: {reason}")


def test_bytes_that_are_no_utf8_are_named_with_their_line(write):
    data = in_csv(["1", "Doors.", RULE], ["2", "Caf\xe9 doors.", RULE]).encode("latin-1")
    assert problems_of(write("c.csv", data)).problems == ("line 3: the clause is no valid UTF-8",)


def test_nul_bytes_in_csv_are_named_with_their_line(write):
    data = in_csv(["1", "Doors.", RULE], ["2", "Do\0ors.", RULE])
    assert problems_of(write("c.csv", data)).problems == ("line 3: the clause holds a NUL byte",)


def test_a_line_that_is_no_json_is_named(write):
    path = write("c.jsonl", '{"clause": "Doors.", "rule": "' + RULE + '"}\n{"clause": \n')
    (problem,) = problems_of(path).problems
    assert problem.startswith("line 2: is no JSON: Expecting value, column")


def test_json_nested_without_end_is_a_bad_row(write):
    (problem,) = problems_of(write("c.jsonl", '{"clause": ' + "[" * 100_000)).problems
    assert problem.startswith("line 1: is no JSON")


def test_a_field_that_some_rows_call_otherwise_is_named(write):
    rows = [{"clause": "Doors.", "lrml": RULE}, {"text": "Walls.", "rule": RULE}]
    path = write("c.jsonl", "\n".join(map(json.dumps, rows)))
    assert problems_of(path).problems == (
        "line 1: the rule is missing or empty: it stands in 'lrml', where other rows have 'rule'; "
        "use one name",
        "line 2: the clause is missing or empty: it stands in 'text', where other rows have "
        "'clause'; use one name",
    )


def test_every_bad_row_is_counted_and_ten_are_shown(write):
    rows = [[str(n), "" if n % 2 else "Doors.", RULE] for n in range(50)]
    error = problems_of(write("c.csv", in_csv(*rows)))
    assert len(error.problems) == 25
    message = str(error)
    assert "c.csv: 25 of 50 rows are bad" in message
    assert message.count("line ") == 10
    assert "and 15 more" in message


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("id,clasue,rule\n1,Doors.,x\n", "the columns are 'id', 'clasue', 'rule' (did you mean"),
        ("id,clause\n1,Doors.\n", "no column with the rule (rule, lrml)"),
        ("id,rule\n1,x\n", "map it by columns={'clause': 'its column'}"),
        ("clause,rule,clause\na,b,c\n", "two columns are called 'clause'"),
        ("id,clause,rule\n", "has no rows"),
        ("", "is empty"),
        (" \n\n", "is empty"),
        (b"PK\x03\x04rest", "an Excel workbook; save the sheet as CSV"),
        ("id,clause,rule".encode("utf-16"), "UTF-16 text; save it as UTF-8"),
        (bytes(range(256)) * 4, "is a binary file"),
    ],
)
def test_a_file_that_is_no_corpus_says_why(write, content, message):
    path = write("c.csv", content)
    assert message in str(problems_of(path))


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"claus": "text"}, "no field 'claus' of a corpus"),
        (
            {"clause": "txt"},
            "no column 'txt'; the columns are 'text', 'lrml' (did you mean 'text'?)",
        ),
    ],
)
def test_a_wrong_mapping_says_what_there_is(write, columns, message):
    path = write("c.csv", in_csv(["Doors.", RULE], header="text,lrml"))
    assert message in str(problems_of(path, columns=columns))


@pytest.mark.parametrize("name", ["c.csv", "c.jsonl", "c.parquet"])
def test_a_missing_file_is_named(tmp_path, name):
    assert f"{name}: cannot be read: No such file" in str(problems_of(tmp_path / name))


def test_a_suffix_that_is_not_known_lists_those_that_are(write):
    assert ".csv, .tsv, .jsonl" in str(problems_of(write("c.docx", "x")))


def test_a_parquet_file_that_is_none_is_named(write):
    assert "is no Parquet file" in str(problems_of(write("c.parquet", "x" * 100)))


def is_clean(text):
    return text == text.strip() and "\r\n" not in text and "\0" not in text


def texts():
    characters = st.characters(exclude_categories=["Cs"])
    return st.text(characters, min_size=1, max_size=30).filter(is_clean)


@st.composite
def records(draw):
    optional = st.none() | texts()
    return Record(
        id=draw(texts()),
        clause=draw(texts()),
        rule=draw(st.sampled_from([None, parse_rule(RULE)])),
        document=draw(optional),
        topic=draw(optional),
        split=draw(optional),
    )


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    max_examples=50,
)
@given(st.lists(records(), min_size=1, max_size=5, unique_by=lambda record: record.id))
def test_what_is_written_is_read_back(tmp_path, many):
    write_jsonl(many, tmp_path / "c.jsonl")
    assert read_corpus(tmp_path / "c.jsonl", need_rules=False) == many


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path, monkeypatch):
    path = tmp_path / "new" / "c.jsonl"
    record = Record(id="1", clause="Doors.")
    write_jsonl([record], path)

    def fail(source, target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(OutputError, match="No space left on device"):
        write_jsonl([replace(record, clause="Walls.")], path)
    assert read_corpus(path, need_rules=False) == [record]
    assert os.listdir(path.parent) == ["c.jsonl"]


def test_a_written_file_has_the_usual_permissions(tmp_path):
    (tmp_path / "usual").write_text("")
    write_jsonl([Record(id="1", clause="Doors.")], tmp_path / "c.jsonl")
    assert (tmp_path / "c.jsonl").stat().st_mode == (tmp_path / "usual").stat().st_mode


def test_the_published_corpus_reads_as_it_is():
    if not NZBC_LRML.exists():
        pytest.skip("NZBC-LRML is not here; the project does not ship it")
    found = read_corpus(NZBC_LRML)
    with NZBC_LRML.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [record.id for record in found] == [f"{row['file']}/{row['number']}" for row in rows]
    assert all(
        format_rule(record.rule) == row["lrml"] for record, row in zip(found, rows, strict=True)
    )


def test_reading_a_corpus_imports_no_heavy_library(write):
    path = write("c.csv", in_csv(["1", "Doors.", RULE]))
    code = (
        "import sys; from p4ir.corpus import read_corpus; read_corpus(sys.argv[1]);"
        "print({'torch', 'transformers', 'pyarrow', 'pandas'} & set(sys.modules))"
    )
    command = [sys.executable, "-c", code, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_what_is_held_out_can_be_chosen_alone() -> None:
    records = [
        Record(id="1", clause="A.", split="test", holdout="topic"),
        Record(id="2", clause="B.", split="test", holdout="random"),
        Record(id="3", clause="C.", split="train"),
    ]
    assert [r.id for r in choose_split(records, "test/topic")] == ["1"]
    assert [r.id for r in choose_split(records, "test")] == ["1", "2"]
    with pytest.raises(CorpusError, match=r"there are test/topic \(1\), test/random \(1\), train"):
        choose_split(records, "test/jurisdiction")
