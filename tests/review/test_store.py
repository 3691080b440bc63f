from datetime import UTC, datetime

import pytest

from p4ir.errors import ReviewError, StaleRuleError
from p4ir.review import Draft, ReviewStore
from p4ir.rules import parse_rule
from tests.review.conftest import HANDLE, WIDTH

ID = "code/1.1"
LIT = parse_rule("if(exist(lamp)),then(obligation(is(lamp,lit)))")


def test_a_rule_comes_back_as_it_went_in(store, where):
    store.close()
    with ReviewStore(where) as anew:
        rule = anew.get(ID)
    assert (rule.clause, rule.rule, rule.model_rule) == (
        "1.1 Every door shall have a handle.", HANDLE, HANDLE
    )  # fmt: skip
    assert (rule.document, rule.number, rule.page) == ("code.pdf", "1.1", 7)
    assert (rule.model, rule.adapter, rule.confidence) == ("a-model", "an-adapter", 0.75)
    assert (rule.status, rule.version, rule.author) == ("draft", 1, "Ann")
    assert abs((datetime.now(UTC) - rule.changed_at).total_seconds()) < 60


def test_every_save_is_kept_with_its_author_time_and_note(store):
    store.set_status(ID, "flagged", version=1, author="Bob", note="which doors?")
    store.edit(ID, WIDTH, version=2, author="Ann", note="all of them", approve=True)
    imported, flagged, edited = store.history(ID)
    assert (imported.action, imported.rule, imported.version) == ("import", HANDLE, 1)
    assert (flagged.action, flagged.author, flagged.note) == ("flag", "Bob", "which doors?")
    assert (edited.action, edited.rule, edited.status) == ("edit", WIDTH, "approved")
    assert imported.at <= flagged.at <= edited.at
    assert store.get(ID).is_edited
    assert store.get(ID).model_rule == HANDLE


def test_an_edit_makes_a_draft_of_an_approved_rule(store):
    store.set_status(ID, "approved", version=1, author="Ann")
    assert store.edit(ID, WIDTH, version=2, author="Ann").status == "draft"
    assert store.approved() == []


def test_the_paraphrase_goes_with_the_rule_that_it_said(store):
    assert store.edit(ID, HANDLE, version=1, author="Ann").paraphrase
    assert store.edit(ID, WIDTH, version=2, author="Ann").paraphrase == ""
    saved = store.edit(ID, HANDLE, version=3, author="Ann", paraphrase=" Doors have\nhandles. ")
    assert saved.paraphrase == "Doors have handles."
    assert [edit.paraphrase for edit in store.history(ID)][2:] == ["", "Doors have handles."]


def test_a_stale_edit_is_refused_with_both_versions_and_changes_nothing(store):
    theirs = store.edit(ID, WIDTH, version=1, author="Bob", note="width")
    with pytest.raises(StaleRuleError, match="Bob saved version 2") as caught:
        store.edit(ID, HANDLE, version=1, author="Ann", approve=True)
    error = caught.value
    assert error.theirs == theirs
    assert (error.yours.rule, error.yours.version, error.yours.author) == (HANDLE, 1, "Ann")
    assert (error.yours.status, error.theirs.status) == ("approved", "draft")
    assert "900 mm" in str(error)
    assert "\n" not in str(error)
    assert store.get(ID) == theirs
    assert len(store.history(ID)) == 2


def test_an_approval_of_a_rule_that_has_changed_is_refused_with_the_rule_that_was_seen(store):
    store.edit(ID, WIDTH, version=1, author="Bob")
    with pytest.raises(StaleRuleError) as caught:
        store.set_status(ID, "approved", version=1, author="Ann")
    assert (caught.value.yours.rule, caught.value.theirs.rule) == (HANDLE, WIDTH)
    assert store.counts()["approved"] == 0


@pytest.mark.parametrize("status", ["flagged", "rejected"])
def test_a_flag_and_a_rejection_need_a_note(store, status):
    with pytest.raises(ReviewError, match="say why in a note"):
        store.set_status(ID, status, version=1, author="Ann", note="  ")
    assert store.set_status(ID, status, version=1, author="Ann", note="no").status == status


def test_what_is_wrong_with_a_save_is_said(store):
    store.add([Draft(clause="Doors.", problem="the model wrote nothing", id="none")], "Ann")
    with pytest.raises(ReviewError, match="there is no rule to approve"):
        store.set_status("none", "approved", version=1, author="Ann")
    with pytest.raises(ReviewError, match="needs an author"):
        store.set_status(ID, "approved", version=1, author=" ")
    with pytest.raises(ReviewError, match="no status 'fine'; there are draft"):
        store.set_status(ID, "fine", version=1, author="Ann")
    with pytest.raises(ReviewError, match=r"code/1\.1: there is no version 9; the latest is 1"):
        store.set_status(ID, "approved", version=9, author="Ann")
    with pytest.raises(ReviewError, match="there is no version 9"):
        store.edit(ID, WIDTH, version=9, author="Ann")
    with pytest.raises(ReviewError, match=r"no rule 'code/1\.2'; did you mean 'code/1\.1'"):
        store.get("code/1.2")
    assert store.edit("none", WIDTH, version=1, author="Ann", approve=True).status == "approved"


def test_rules_are_found_by_status_document_and_text(store):
    store.add(
        [
            Draft(clause="2.1 Lamps: 100% bright.", document="light.txt", id="light"),
            Draft(clause="2.2 Lamps shall be lit.", rule=WIDTH, document="light.txt"),
        ],
        "Bob",
    )
    store.set_status("light", "rejected", version=1, author="Bob", note="no rule")

    def ids(**choice):
        found = [rule.id for rule in store.find(**choice)]
        assert store.count(**choice) == len(found)
        return found

    assert ids() == [ID, "light", "light/1"]
    assert ids(status="rejected") == ["light"]
    assert ids(status=["draft", "rejected"], document="light.txt") == ["light", "light/1"]
    assert ids(text="LAMPS") == ["light", "light/1"]
    assert ids(text="0%") == ["light"]
    assert ids(text="door.width") == ["light/1"]
    assert [rule.id for rule in store.find(limit=1, offset=1)] == ["light"]
    assert store.counts() == {"draft": 2, "approved": 0, "flagged": 0, "rejected": 1}
    assert store.counts("code.pdf") == {"draft": 1, "approved": 0, "flagged": 0, "rejected": 0}
    assert [(each.name, each.rules, each.added_by) for each in store.documents()] == [
        ("code.pdf", 1, "Ann"), ("light.txt", 2, "Bob")
    ]  # fmt: skip


def test_capitals_do_not_matter_to_a_search_in_any_script(store):
    store.add([Draft(clause="Die HÖHE der Straße.", id="a"), Draft(clause="ДВЕРЬ", id="b")], "Ann")
    for text, id in (("höhe", "a"), ("HÖHE", "a"), ("дверь", "b")):
        assert [rule.id for rule in store.find(text=text)] == [id]


def test_rules_without_ids_get_ids_of_their_own(store):
    drafts = [
        Draft(clause="1.1 Another one.", document="code.pdf", number="1.1"),
        Draft(clause="1.1 A third.", document="code.pdf", number="1.1"),
        Draft(clause="No number.", document="code.pdf"),
        Draft(clause="No document."),
        Draft(clause="None either."),
    ]
    added = store.add(drafts, "Ann").added
    assert [rule.id for rule in added] == [
        "code/1.1#2", "code/1.1#3", "code/1", "rule/1", "rule/2"
    ]  # fmt: skip


def test_importing_twice_leaves_what_is_there(store):
    store.edit(ID, WIDTH, version=1, author="Bob", approve=True)
    again = Draft(id=ID, clause="1.1 Every door  shall have a handle.", rule=HANDLE)
    done = store.add([again, Draft(id="new", clause="Lamps.")], "Ann")
    assert [rule.id for rule in done.added] == ["new"]
    assert [(rule.id, rule.rule, rule.status) for rule in done.skipped] == [
        (ID, WIDTH, "approved")
    ]  # fmt: skip


def test_what_is_there_with_a_rule_that_the_store_never_held_is_told(store):
    clause = "1.1 Every door shall have a handle."
    store.edit(ID, WIDTH, version=1, author="Bob")
    for rule in (HANDLE, WIDTH, None):
        assert store.add([Draft(id=ID, clause=clause, rule=rule)], "Ann").differing == []
    done = store.add([Draft(id=ID, clause=clause, rule=LIT)], "Ann")
    assert [rule.rule for rule in done.differing] == [WIDTH]
    assert store.get(ID).version == 2


def test_a_draft_without_an_id_is_there_already_if_it_is_known_by_its_clause(store):
    lamps = [Draft(clause="Lamps.", rule=HANDLE), Draft(clause="Lamps.", rule=WIDTH)]
    others = [Draft(clause="Lamps.", document="a.pdf"), Draft(clause="Lamps.", number="2")]

    def add(*drafts):
        done = store.add(drafts, "Ann", known_by_clause=True)
        return tuple(len(rules) for rules in done)

    assert add(*lamps) == (2, 0, 0)
    assert add(*lamps) == (0, 2, 0)
    assert add(*lamps, Draft(clause="Lamps."), *others) == (3, 2, 0)
    assert add(Draft(clause="Lamps.", rule=LIT)) == (0, 1, 1)
    assert len(store.add(lamps, "Ann").added) == 2


def test_texts_are_kept_on_one_line_and_without_what_is_no_text(store):
    draft = Draft(id="x\0", clause="A hand\uffferail:\n\x1b[2J900\x961100\ud800", model="m\x9b")
    rule = store.add([draft], "A\x1b[1mnn", note="new\nlines").added[0]
    assert (rule.id, rule.clause, rule.model) == ("x", "A hand-rail: [2J900 1100", "m")
    assert (rule.author, rule.note) == ("A [1mnn", "new lines")
    saved = store.edit("x", WIDTH, version=1, author="B\nb", note="1\x0b2", paraphrase="a\x7fb")
    assert (saved.author, saved.note, saved.paraphrase) == ("B b", "1 2", "a b")
    assert store.set_status("x", "flagged", version=2, author="B", note="a\n\0b").note == "a b"
    with pytest.raises(ReviewError, match="say why in a note"):
        store.set_status("x", "flagged", version=3, author="B", note="\0")


@pytest.mark.parametrize(
    ("draft", "said"),
    [
        (Draft(id=ID, clause="Something else.", rule=HANDLE), "is that of another clause"),
        (Draft(clause=" "), "rule 2 has no clause"),
        (Draft(id="x", clause="\0\ud800"), "rule 'x' has no clause"),
        (Draft(id="x", clause="Doors.", status="approved"), "is approved but there is no rule"),
    ],
)
def test_an_import_with_something_wrong_adds_nothing(store, draft, said):
    with pytest.raises(ReviewError, match=said):
        store.add([Draft(id="good", clause="Lamps shall be lit."), draft], "Ann")
    assert store.count() == 1


def test_script_and_markup_are_kept_as_text(store):
    clause = "<script>alert('é')</script> & \"doors\"; DROP TABLE rules;--"
    rule = store.add([Draft(clause=clause)], "<b>Ann</b>").added[0]
    assert (store.get(rule.id).clause, rule.author) == (clause, "<b>Ann</b>")
