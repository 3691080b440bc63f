import pytest

from p4ir.corpus.no_requirement import NO_REQUIREMENT
from p4ir.review import Draft, ReviewStore
from p4ir.rules import format_rule, parse_rule
from tests.app.parts import parts

RULE = "if(exist(door)),then(obligation(greaterThanEqual(door.width,850 mm)))"
CLAUSE = "3.1 A door shall be at least 850 mm wide."
HOSTILE = "3.2 <script>alert(1)</script> A *door* shall be [wide](javascript:x) $x$."


@pytest.fixture
def store(home):
    with ReviewStore(home / "reviews.db") as store:
        yield store


@pytest.fixture
def one(store):
    """A store with one draft."""
    draft = Draft(clause=CLAUSE, rule=parse_rule(RULE), document="code.pdf", number="3.1", page=7)
    return store.add([draft], "p4ir").added[0]


def click(page, key):
    page.button(key=key).click().run()
    assert not page.exception
    return page


def test_pasted_clauses_become_drafts_in_the_store(open_page, store):
    page = open_page("interpret")
    page.text_area(key="clause_text").set_value("1.1 Doors have handles.\n\n1.2 Gates do.").run()
    assert "2 clauses found" in page.caption[1].value
    click(page, "write_rules")
    assert [rule.number for rule in store.find()] == ["1.1", "1.2"]
    assert {rule.status for rule in store.find()} == {"draft"}
    assert store.find()[0].adapter == "feathers"
    assert [item["title"] for item in parts(page, "queue")[0]["items"]] == ["1.1", "1.2"]


def test_the_example_is_a_click_away(open_page):
    page = click(open_page("interpret"), "example")
    assert "exit corridor" in page.text_area(key="clause_text").value


def test_nothing_pasted_is_said_and_nothing_is_made(open_page, store):
    page = click(open_page("interpret"), "write_rules")
    assert "no clause yet" in page.info[0].value
    assert store.count() == 0


def test_a_rule_is_approved_and_then_reopened(open_page, store, one):
    page = click(open_page("interpret"), "approve")
    saved = store.get(one.id)
    assert (saved.status, saved.author) == ("approved", "Ada")
    click(page, "reopen")
    assert store.get(one.id).status == "draft"


def test_a_rule_that_its_clause_supports_is_said_to_be_so(open_page, one):
    page = open_page("interpret")
    assert "stands in the clause" in page.success[0].value
    assert not page.info


def test_a_text_taken_to_demand_nothing_is_for_a_person_to_check(open_page, store):
    store.add([Draft(clause="Hello there, nice weather.", rule=NO_REQUIREMENT)], "p4ir")
    page = open_page("interpret")
    assert not page.success
    assert "taken to demand nothing" in page.info[0].value


def test_what_a_text_taken_to_demand_nothing_leaves_out_is_said_beside(open_page, store):
    store.add([Draft(clause=CLAUSE, rule=NO_REQUIREMENT)], "p4ir")
    page = open_page("interpret")
    assert "taken to demand nothing" in page.info[0].value
    assert "850 mm" in page.error[0].value


def test_to_flag_or_reject_needs_a_note(open_page, store, one):
    page = click(open_page("interpret"), "flag")
    assert store.get(one.id).status == "draft"
    assert "say why in a note" in page.toast[0].value.replace("\\", "")
    page.text_input(key=f"note-{one.key}-{one.version}").set_value("Width unclear").run()
    click(page, "reject")
    assert store.get(one.id).status == "rejected"
    assert store.get(one.id).note == "Width unclear"


def test_without_a_name_nothing_can_be_decided(open_page, store, one):
    page = open_page("interpret")
    page.text_input(key="reviewer").set_value(" ").run()
    assert page.button(key="approve").disabled
    assert "Enter your name" in page.caption[-1].value


def test_of_two_who_approve_at_once_the_second_is_shown_both_versions(open_page, store, one):
    first, second = open_page("interpret"), open_page("interpret")
    second.text_input(key="reviewer").set_value("Ben").run()
    click(first, "approve")
    click(second, "approve")
    assert store.get(one.id).author == "Ada"
    assert "Ada saved this rule while you had it open" in second.warning[0].value
    assert [code.value for code in second.code] == [RULE, RULE]
    click(second, "save_mine")
    assert store.get(one.id).author == "Ben"
    assert [edit.author for edit in store.history(one.id)] == ["p4ir", "Ada", "Ben"]
    assert not second.warning


def test_of_two_who_differ_the_second_may_keep_the_first_ones_version(open_page, store, one):
    page = open_page("interpret")
    other = parse_rule(RULE.replace("850", "900"))
    store.edit(one.id, other, version=one.version, author="Ben", note="Checked with the fire team")
    click(page, "approve")
    assert [code.value for code in page.code] == [RULE.replace("850", "900"), RULE]
    assert "Checked with the fire team" in [text.value for text in page.text]
    click(page, "keep_theirs")
    assert (store.get(one.id).rule, store.get(one.id).status) == (other, "draft")


def test_what_was_typed_is_kept_when_another_saves(open_page, store, one):
    page = open_page("interpret")
    page.segmented_control(key="view").set_value("Edit").run()
    typed = {"text": "if\n exist: gate\nthen\n obl", "version": "1"}
    page.session_state["typed"] = {f"editor-{one.key}-outline": typed}
    page.run()
    assert parts(page, "editor")[0]["text"] == typed["text"]
    store.set_status(one.id, "approved", version=1, author="Ben")
    page.run()
    assert "Ben saved version 2 while you were typing" in page.warning[0].value
    assert typed["text"] in [code.value for code in page.code]
    assert "door" in parts(page, "editor")[0]["text"]


def test_what_was_saved_is_not_said_to_be_left_behind(open_page, store, one):
    page = open_page("interpret")
    page.segmented_control(key="view").set_value("Edit").run()
    text = format_rule(parse_rule(RULE), "outline")
    page.session_state["typed"] = {f"editor-{one.key}-outline": {"text": text, "version": "1"}}
    store.set_status(one.id, "approved", version=1, author="Ben")
    page.run()
    assert not page.warning


@pytest.mark.parametrize("view", ["Outline", "LRML", "Skeleton", "XML", "JSON"])
def test_a_rule_is_shown_in_every_notation(open_page, one, view):
    page = open_page("interpret")
    page.segmented_control(key="view").set_value(view).run()
    assert not page.exception
    assert "850 mm" in page.code[0].value


def test_the_history_holds_every_save(open_page, store, one):
    page = click(open_page("interpret"), "approve")
    page.segmented_control(key="view").set_value("History").run()
    said = [each.value for each in page.markdown if "Version" in each.value]
    assert ["approve" in said[0], "import" in said[1]] == [True, True]


def test_html_and_markdown_in_a_clause_are_text(open_page, store):
    store.add([Draft(clause=HOSTILE, rule=parse_rule(RULE), id="<b>x</b>")], "<i>Eve</i>")
    page = open_page("interpret")
    linked = parts(page, "linked")[0]
    assert "<script>" not in linked["clause"]
    assert "&lt;script&gt;" in linked["clause"]
    assert parts(page, "queue")[0]["items"][0]["text"] == HOSTILE
    shown = [each.value for each in (*page.markdown, *page.caption, *page.error, *page.subheader)]
    assert not [text for text in shown if "<b>" in text or "<i>" in text or "[wide]" in text]


def test_approved_rules_can_be_exported_in_every_notation(open_page, one):
    page = click(open_page("interpret"), "approve")
    for notation in ("Compact LRML", "JSON"):
        page.selectbox(key="export_notation").set_value(notation).run()
        assert page.get("download_button")[0].proto.label == "Download 1 rule"


def test_a_database_that_cannot_be_opened_is_one_line(open_page, home):
    (home / "reviews.db").write_bytes(b"no database at all" * 100)
    page = open_page("interpret")
    assert len(page.error) == 1
    assert "reviews" in page.error[0].value


def upload(page, name, data):
    page.file_uploader(key="document_file").set_value((name, data, "application/octet-stream"))
    return page.run()


def test_a_document_is_read_once_however_often_the_page_runs(open_page, one, monkeypatch):
    page = open_page("interpret")
    page.segmented_control(key="intake_source").set_value("Upload a document").run()
    import intake

    read = []

    def read_document(data, name, **more):
        read.append(name)
        return original(data, name, **more)

    original = intake.read_document
    monkeypatch.setattr(intake, "read_document", read_document)
    upload(page, "code.txt", b"1.1 Doors shall have a handle.\n")
    click(page, "approve")
    click(page, "reopen")
    assert read == ["code.txt"]


def test_a_document_is_uploaded_and_its_clauses_keep_their_place(open_page, store):
    page = open_page("interpret")
    page.segmented_control(key="intake_source").set_value("Upload a document").run()
    upload(page, "code.txt", b"1.1 Doors shall have a handle.\n\n1.2 Gates shall close.\n")
    assert "2 clauses found" in [caption.value for caption in page.caption]
    click(page, "write_rules")
    assert [(rule.number, rule.document) for rule in store.find()] == [
        ("1.1", "code.txt"),
        ("1.2", "code.txt"),
    ]


def test_the_column_that_was_chosen_for_a_table_is_remembered(open_page, store):
    page = open_page("interpret")
    page.segmented_control(key="intake_source").set_value("Upload a document").run()
    upload(page, "code.csv", b"No.,Requirement\n1.1,Doors shall have a handle.\n")
    assert "no column with the clause" in page.error[0].value
    column = next(box for box in page.selectbox if box.label.startswith("Column"))
    column.set_value("Requirement").run()
    assert not page.error
    click(page, "write_rules")
    assert store.find()[0].clause.endswith("Doors shall have a handle.")


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("empty.txt", b"", "empty"),
        ("fake.pdf", b"no such thing", "fake.pdf"),
        ("fake.docx", b"PK", "fake.docx"),
    ],
)
def test_a_bad_document_is_one_line(open_page, name, data, said):
    page = open_page("interpret")
    page.segmented_control(key="intake_source").set_value("Upload a document").run()
    upload(page, name, data)
    assert not page.exception
    assert said in page.error[0].value.replace("\\", "")
