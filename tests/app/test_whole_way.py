"""The way of a compliance officer through the application, with real clicks."""

import re

import pytest

from p4ir.models import DEFAULT, is_cached
from p4ir.models.catalogue import models_folder
from p4ir.review import Draft, ReviewStore
from p4ir.rules import parse_rule
from p4ir.rules.legalruleml import validate
from tests.app.browser import browsing, served, user

MODEL_MS = 400_000
"""Time for three clauses on a machine that has much else to do; seconds on others."""
CLAUSES = """1.1 Every stair shall have a handrail on each side.

1.2 A fire exit door shall have a clear width of at least 850 mm.

1.3 Ramps shall be no steeper than 1 in 12."""
EDITED = (
    "if\n is: door, fire exit\nthen\n obligation\n  greater than equal: door's clear width, 850 mm"
)


# Read before any test runs, each of which is kept away from the user's own cache.
USER_CACHE = models_folder().parent
needs_model = pytest.mark.skipif(
    not is_cached(DEFAULT), reason="the embedded model is not fetched yet: p4ir model pull"
)


@needs_model
def test_clauses_become_rules_which_are_edited_approved_exported_and_checked(tmp_path):
    environment = {
        "P4IR_STORE": str(tmp_path / "reviews.db"),
        "P4IR_BATCHES": str(tmp_path / "batches"),
        "P4IR_CACHE": str(USER_CACHE),
    }
    with browsing() as browser, served(environment) as address:
        page = user(browser, address, "Ada")
        _paste(page)
        _edit_and_approve(page)
        _export(page)
        _check(page)
        _report(page)
        assert page.problems == []


def _paste(page):
    page.get_by_label("Clauses").first.fill(CLAUSES)
    page.locator(".st-key-write_rules button").click()
    items = page.get_by_role("listbox", name="Clauses").get_by_role("option")
    items.nth(2).wait_for(timeout=MODEL_MS)
    assert [text.split()[1] for text in items.all_inner_texts()] == ["1.1", "1.2", "1.3"]
    page.get_by_role("tree", name="Rule").wait_for()


def _edit_and_approve(page):
    page.get_by_role("option").nth(1).click()
    page.get_by_role("heading", name="rule/1.2").wait_for()
    page.get_by_text("Edit", exact=True).click()
    editor = page.get_by_role("textbox", name="Rule", exact=True)
    editor.fill(EDITED + "\n   (")
    page.get_by_text(re.compile(r"line 6, column 4: found")).wait_for()
    assert page.locator(".st-key-save_approve button").is_disabled()
    editor.fill(EDITED)
    page.get_by_text("This is a rule.").wait_for()
    page.locator(".st-key-save_approve button").click()
    page.get_by_text("approved 1").wait_for()


def _export(page):
    page.locator(".st-key-export button").first.click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download 1 rule").click()
    text = download.value.path().read_text(encoding="utf-8")
    page.keyboard.press("Escape")
    assert download.value.suggested_filename == "rules.xml"
    assert validate(text) == []
    assert "850 mm" in text
    assert "A fire exit door shall have a clear width" in text


def _check(page):
    page.get_by_role("link", name="Check").click()
    page.get_by_text("Approved rules (1)").wait_for()
    page.locator(".st-key-check_go button").click()
    failures = page.get_by_role("option").filter(has_text="fail")
    failures.first.wait_for()
    assert [text.split("\n")[1] for text in failures.all_inner_texts()] == ["Exit 1"]
    page.get_by_role("heading", name="Exit 1").wait_for()
    page.get_by_text("door.clearWidth (800 mm)").first.wait_for()


def _report(page):
    page.locator(".st-key-report button").first.click()
    with page.expect_download() as download:
        page.get_by_role("button", name="HTML, to print").click()
    report = download.value.path().read_text(encoding="utf-8")
    assert "Exit 1" in report
    assert "A fire exit door shall have a clear width" in report


def test_two_browsers_approve_one_rule_at_once(tmp_path):
    rule = parse_rule("if(exist(door)),then(obligation(has(door,handle)))")
    with ReviewStore(tmp_path / "reviews.db") as store:
        store.add([Draft(clause="A door has a handle <b>always</b>.", rule=rule, id="d1")], "p4ir")
        environment = {"P4IR_STORE": str(tmp_path / "reviews.db")}
        with browsing() as browser, served(environment) as address:
            first, second = user(browser, address, "Ada"), user(browser, address, "Ben")
            for page in (first, second):
                page.get_by_text("<b>always</b>").first.wait_for()
            first.locator(".st-key-approve button").click()
            first.get_by_text("approved 1").wait_for()
            second.locator(".st-key-approve button").click()
            second.get_by_text("Ada saved this rule while you had it open").wait_for()
            second.get_by_text("Yours, not saved").wait_for()
            assert store.get("d1").author == "Ada"
            second.locator(".st-key-save_mine button").click()
            second.get_by_text("version 3 by Ben").wait_for()
        assert [edit.author for edit in store.history("d1")] == ["p4ir", "Ada", "Ben"]


def test_a_node_marks_its_words_and_folds_by_the_keyboard(tmp_path):
    rule = parse_rule("if(exist(door)),then(obligation(greaterThan(door.width,850 mm)))")
    with ReviewStore(tmp_path / "reviews.db") as store:
        clause = "A door shall be more than 850 mm wide, and 2 m high."
        store.add([Draft(clause=clause, rule=rule, id="d1")], "p4ir")
    environment = {"P4IR_STORE": str(tmp_path / "reviews.db")}
    with browsing() as browser, served(environment) as address:
        page = user(browser, address, "Ada")
        page.get_by_role("treeitem", name="850 mm").hover()
        assert page.locator(".word.lit").all_inner_texts() == ["850 mm"]
        assert page.locator(".word.unused").all_inner_texts() == ["2 m"]
        then = page.get_by_role("treeitem", name="then", exact=True)
        then.focus()
        then.press("ArrowLeft")
        assert not page.get_by_role("treeitem", name="obligation").is_visible()
        then.press("ArrowRight")
        assert page.get_by_role("treeitem", name="obligation").is_visible()
