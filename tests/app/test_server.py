"""The application where rules are written by a server (`P4IR_SERVER`)."""

import pytest

from p4ir.batch import background
from p4ir.batch.background import list_batches
from p4ir.review import ReviewStore
from tests.app.parts import parts
from tests.serve.conftest import serve  # noqa: F401
from tests.serve.scholar import OPEN, WHOLE

CLAUSES = "1.1 A door shall have a handle.\n\n1.2 A ramp shall be no steeper than 1 in 20."


@pytest.fixture
def served(home, serve, monkeypatch):  # noqa: F811
    """Let the application use a server, and no model of its own."""
    import shell

    process, url = serve()
    monkeypatch.setenv("P4IR_SERVER", url)
    monkeypatch.setattr(shell, "Interpreter", None)
    return process


def test_rules_are_written_by_the_server(served, open_page, home):
    page = open_page("interpret")
    chosen = page.selectbox(key="intake_adapter")
    assert (chosen.disabled, chosen.options) == (True, ["the server's model"])
    page.text_area(key="clause_text").set_value(CLAUSES).run()
    page.button(key="write_rules").click().run()
    assert not page.exception
    with ReviewStore(home / "reviews.db") as store:
        door, ramp = store.find()
    assert (door.rule_text, door.model, door.adapter) == (WHOLE, "parrot", "feathers")
    assert ramp.rule_text == OPEN + ")))"
    assert len(ramp.node_confidence) == ramp.rule.size


def test_a_server_that_is_down_is_one_line_and_reviewing_goes_on(served, open_page, home):
    page = open_page("interpret")
    page.text_area(key="clause_text").set_value(CLAUSES).run()
    page.button(key="write_rules").click().run()
    served.kill()
    served.wait()
    import streamlit

    streamlit.cache_resource.clear()
    page.text_area(key="clause_text").set_value("2.1 A gate shall close.").run()
    page.button(key="write_rules").click().run()
    assert "cannot be reached" in page.error[0].value
    assert len(parts(page, "queue")[0]["items"]) == 2


def test_a_batch_goes_to_the_server(served, open_page, home, monkeypatch):
    monkeypatch.setattr(background.subprocess, "Popen", _Unstarted)
    page = open_page("batch")
    page.file_uploader[0].upload("code.csv", b"clause\nA door.\n", "text/csv").run()
    next(button for button in page.button if button.label == "Start").click().run()
    assert not page.exception
    (batch,) = list_batches(home / "batches")
    assert batch._arguments[-4:-1] == ["--engine", "server", "--endpoint"]


def test_the_servers_model_can_be_compared(served, open_page):
    page = open_page("compare")
    page.multiselect(key="compare_systems").set_value(["nearest", "the server's model"]).run()
    page.button(key="compare_go").click().run(timeout=120)
    assert not page.exception
    assert "the server" in parts(page, "blocks")[0]["html"]


class _Unstarted:
    """A process that is none."""

    pid = 2**30

    def __init__(self, *arguments, **options):
        pass
