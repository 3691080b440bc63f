import json

import pytest

from p4ir.batch.job import BatchJob
from p4ir.batch.source import Source
from p4ir.corpus import read_corpus, write_jsonl
from p4ir.corpus.validation import validate_corpus
from p4ir.engines.local import LocalEngine
from p4ir.errors import CorpusError, ReviewError
from p4ir.review import (
    Draft,
    ReviewStore,
    draft_of,
    export_corpus,
    is_store,
    read_drafts,
    to_entry,
)
from p4ir.rules import parse_rule
from p4ir.rules.files import format_rules, read_rules
from p4ir.training.data import load_clauses
from p4ir.training.recipe import CorpusOptions
from tests.batch.parrot import Parrot
from tests.review.conftest import HANDLE, WIDTH

ID = "code/1.1"
ROWS = [
    ("Every lobby shall have a bench.", "has(lobby,bench)", "A lobby must have a bench."),
    ("Attics shall have a skylight.", "has(attic,skylight)", "An attic must have a skylight."),
    ("Cellars shall be dry.", "is(cellar,dry)", "A cellar must be dry."),
    ("Gates shall close by themselves.", "is(gate,selfClosing)", "A gate must be self-closing."),
]


@pytest.fixture
def reviewed(path):
    """A store with four rules, of which all but the last are approved."""
    with ReviewStore(path) as store:
        store.add(
            [
                Draft(
                    clause=clause,
                    rule=parse_rule(f"if(exist({text.split('(')[1].split(',')[0]})),"
                                    f"then(obligation({text}))"),
                    paraphrase=paraphrase,
                    document="invented.pdf",
                )
                for clause, text, paraphrase in ROWS
            ],
            "Ann",
        )  # fmt: skip
        for rule in store.find()[:-1]:
            store.set_status(rule.id, "approved", version=1, author="Bob")
        yield store


def test_approved_rules_are_a_corpus_that_validates_and_trains(reviewed, tmp_path):
    output = tmp_path / "corpus.jsonl"
    records = export_corpus(reviewed.find(), jurisdiction="int", topic="daylight")
    write_jsonl(records, output)
    assert validate_corpus(output) == []
    assert read_corpus(output) == records
    train, validation = load_clauses(CorpusOptions(path=str(output)))
    assert (len(train), len(validation)) == (2, 1)
    assert {record.clause for record in records} == {clause for clause, _, _ in ROWS[:3]}
    assert records[0].source.startswith("reviewed by Bob on 20")
    assert records[0].document == "invented.pdf"


def test_what_a_corpus_of_ones_own_lacks_is_said_by_its_validation(reviewed, tmp_path):
    output = tmp_path / "corpus.jsonl"
    write_jsonl(export_corpus(reviewed.find()), output)
    reasons = {finding.reason for finding in validate_corpus(output)}
    assert reasons == {
        f"the field {name!r} is missing, empty or no text" for name in ("jurisdiction", "topic")
    }


def test_a_pair_keeps_its_part_while_the_store_grows(path):
    with ReviewStore(path) as store:
        drafts = [Draft(clause=f"Door {n} is {n} mm wide.", rule=WIDTH) for n in range(300)]
        store.add([Draft(**{**vars(draft), "status": "approved"}) for draft in drafts], "Ann")
        rules = store.find()
    part = {record.id: record.split for record in export_corpus(rules)}
    assert 15 <= list(part.values()).count("validation") <= 45
    for some in (rules[:100], rules[50:]):
        assert all(part[each.id] == each.split for each in export_corpus(some))
    assert {record.split for record in export_corpus(rules, validation_share=0)} == {"train"}
    assert {record.split for record in export_corpus(rules[:2])} == {"train", "validation"}
    assert [record.split for record in export_corpus(rules[:1])] == ["train"]
    assert {record.split for record in export_corpus(rules, split="test")} == {"test"}


def test_of_few_pairs_one_is_moved_lest_a_part_be_empty_until_there_are_more(path):
    with ReviewStore(path) as store:
        drafts = [
            Draft(clause=f"Door {n} is lit.", rule=WIDTH, status="approved") for n in range(40)
        ]
        store.add(drafts, "Ann")
        rules = store.find()
    whole = {record.id: record.split for record in export_corpus(rules)}
    trained = [each for each in rules if whole[each.id] == "train"]
    alone = {record.id: record.split for record in export_corpus(trained[:5])}
    assert list(alone.values()).count("validation") == 1
    with_others = {record.id: record.split for record in export_corpus(rules)}
    assert {with_others[id] for id in alone} == {"train"}


@pytest.mark.parametrize("notation", ["json", "legalruleml"])
def test_an_export_carries_id_clause_model_and_status(store, notation):
    store.set_status(ID, "flagged", version=1, author="Bob", note="hm")
    text = format_rules([to_entry(store.get(ID))], notation)
    entry = read_rules(text.encode(), notation).entries[0]
    assert entry == to_entry(store.get(ID))
    assert (entry.id, entry.status, entry.model) == (ID, "flagged", "a-model")
    assert (entry.adapter, entry.number, entry.document) == ("an-adapter", "1.1", "code.pdf")


def test_a_clause_without_a_rule_is_no_entry(reviewed):
    with pytest.raises(ReviewError, match="there is no rule to export"):
        to_entry(reviewed.add([Draft(clause="Nothing.")], "Ann").added[0])


def test_a_store_is_told_from_a_file_of_rules(store, path, tmp_path):
    rules = tmp_path / "rules.lrml"
    rules.write_text("if(exist(door)),then(has(door,handle))")
    assert is_store(path)
    assert is_store(str(path))
    assert is_store("postgresql://host/name")
    assert not is_store(rules)
    assert not is_store(tmp_path / "nowhere.db")


BATCH = [
    {
        "id": "7",
        "clause": "Doors shall have a handle.",
        "rule": "if(exist(door)),then(obligation(has(door,handle)))",
        "valid": True,
        "confidence": 0.5,
        "problem": "",
        "model": "a-model",
        "adapter": "an-adapter",
        "notation": "lrml",
        "document": "code.pdf",
        "number": "1.1",
        "page": 3,
    },
    {"id": "8", "clause": "Some talk.", "rule": "", "problem": "the model wrote no rule"},
    {"id": "9", "clause": "Broken.", "rule": "if(exist(door", "adapter": None},
]


def write_lines(path, rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def test_what_batch_wrote_is_read_with_all_that_it_says(tmp_path):
    first, second, third = read_drafts(write_lines(tmp_path / "rules.jsonl", BATCH))
    assert (first.id, first.rule, first.confidence) == ("7", HANDLE, 0.5)
    assert (first.model, first.adapter) == ("a-model", "an-adapter")
    assert (first.document, first.number, first.page) == ("code.pdf", "1.1", 3)
    assert (second.rule, second.problem) == (None, "the model wrote no rule")
    assert third.rule is None
    assert third.problem.startswith("the rule does not parse: line 1")
    assert third.adapter == ""


def test_an_export_in_any_notation_with_clauses_comes_back(store, tmp_path):
    entry = to_entry(store.get(ID))
    for notation, name in (("legalruleml", "a.xml"), ("json", "a.json")):
        path = tmp_path / name
        path.write_text(format_rules([entry], notation))
        (draft,) = read_drafts(path)
        assert (draft.id, draft.rule, draft.clause) == (ID, HANDLE, entry.clause)
        assert (draft.document, draft.model) == ("code.pdf", "a-model")


def test_rows_that_a_batch_refused_are_left_out(tmp_path):
    source, output = tmp_path / "in.csv", tmp_path / "out.jsonl"
    source.write_text("id,clause\n1,A door.\n2,\n3,A stair.\n1,A wall.\n4,A\0gate.\n")
    BatchJob(Source(source), output).run(LocalEngine(Parrot()))
    drafts = read_drafts(output)
    assert [draft.id for draft in drafts] == ["1", "3"]
    with ReviewStore(tmp_path / "new.db") as empty:
        assert len(empty.add(drafts, "Ann")[0]) == 2


def test_a_clause_cut_at_a_comma_is_left_out_and_so_is_a_later_row_of_its_id(tmp_path):
    source, output = tmp_path / "in.csv", tmp_path / "out.jsonl"
    source.write_text("id,clause\n1,A door.\n2,A stair, wide, is lit.\n2,A wall.\n3,A gate.\n")
    BatchJob(Source(source), output).run(LocalEngine(Parrot()))
    refused = []
    drafts = read_drafts(output, on_refused=refused.append)
    assert [draft.id for draft in drafts] == ["1", "3"]
    assert refused == ["line 2", "line 3"]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.jsonl", '{"id": "1", "clause": ""}\n', "line 1: the clause is missing or empty"),
        ("a.jsonl", '{"id": "1", "clause": "\\u001b", "rule": "if(a)"}\n', "line 1: the clause is"),
        ("a.jsonl", "{broken\n", "line 1: is no JSON"),
        ("a.csv", b"clause\nA door.\nT\xfcren sind 2 m hoch.\n", "line 3: is no valid UTF-8: save"),
        ("a.csv", b"clause,model\nA door.,M\xfcller\n", "line 2: is no valid UTF-8"),
        ("a.jsonl", b'{"clause": "T\xfcren sind hoch."}\n', "line 1: is no valid UTF-8"),
        ("a.jsonl", '{"id": "1", "words": "x"}\n', "no column with the clause"),
        ("a.csv", "", "is empty"),
        ("a.lrml", "if(exist(door)),then(has(door,handle))", "1 rule without a clause"),
        ("a.xml", "<broken", "a.xml"),
        ("a.json", "[]", "holds no rule"),
        ("a.pdf", "%PDF-1.7", "is a document without rules: `p4ir interpret --file"),
    ],
)
def test_a_file_without_rules_to_review_is_refused(tmp_path, name, content, said):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(CorpusError, match=said):
        read_drafts(path)
    with pytest.raises(CorpusError, match="cannot be read"):
        read_drafts(tmp_path / "nowhere.xml")


def test_a_draft_says_what_wrote_the_rule_and_where_the_clause_stands():
    from p4ir.documents import read_document
    from p4ir.inference import Interpretation

    document = read_document(b"1.1 Doors shall have a handle.", "code.txt")
    clause = document.clauses[0]
    made = Interpretation(
        clause=clause.text, rule=HANDLE, valid=True, confidence=0.5, node_confidence=(1.0, 0.5)
    )
    draft = draft_of(made, model="m", adapter="a", clause=clause, document=document)
    assert (draft.clause, draft.number, draft.row) == (clause.text, "1.1", 1)
    assert (draft.document, draft.document_sha256) == ("code.txt", document.sha256)
    assert (draft.model, draft.adapter, draft.node_confidence) == ("m", "a", (1.0, 0.5))
    assert draft_of(made).document == ""
