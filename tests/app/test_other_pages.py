import subprocess
import sys
import tomllib
from types import SimpleNamespace

import pytest

from p4ir.batch import background
from p4ir.batch.background import list_batches, prepare_batch
from p4ir.locks import lock
from tests.app.conftest import APP
from tests.app.parts import parts
from tests.batch.test_background import is_over, wait
from tests.training.test_curves import log, make_run

CLAUSES = b"id,clause\nc1,Doors shall have a handle.\nc2,Gates shall close.\n"


def said(page):
    return " ".join(each.value for each in (*page.markdown, *page.caption))


def test_a_batch_that_stopped_can_go_on_and_be_removed(open_page, home, monkeypatch):
    monkeypatch.setattr(background, "COMMAND", (sys.executable, "-c", "pass"))
    batch = prepare_batch(home / "batches", "<b>code</b>.csv", CLAUSES)
    page = open_page("batch")
    assert "stopped" in said(page)
    assert "<b>" not in said(page)
    page.button(key=f"resume-{batch.id}").click().run()
    assert not page.exception
    wait(batch, is_over)
    page.run()
    page.button(key=f"delete-{batch.id}").click().run()
    assert list_batches(home / "batches") == []


def test_the_rules_of_a_finished_batch_go_into_review(open_page, home):
    import shell

    batch = prepare_batch(home / "batches", "code.csv", CLAUSES)
    rule = "if(exist(door)),then(obligation(has(door,handle)))"
    lines = [
        f'{{"id": "c{n}", "clause": "Doors shall have a handle.", "rule": "{rule}"}}\n'
        for n in (1, 2)
    ]
    batch.rules.write_text("".join(lines))
    page = open_page("batch")
    page.button(key=f"review-{batch.id}").click().run()
    assert [rule.id for rule in shell.store().find()] == ["c1", "c2"]
    page.button(key=f"review-{batch.id}").click().run()
    assert "2 were there already" in page.toast[0].value
    assert "left out" not in page.toast[0].value
    page.run()
    assert not page.toast


def test_rows_that_a_batch_refused_are_not_left_out_in_silence(open_page, home):
    batch = prepare_batch(home / "batches", "code.csv", CLAUSES)
    batch.rules.write_text(
        '{"id": "c1", "clause": "Doors shall have a handle.", "rule": "exist(door)"}\n'
        '{"id": "c2", "clause": "", "rule": null, "problem": "the clause is empty"}\n'
    )
    page = open_page("batch")
    page.button(key=f"review-{batch.id}").click().run()
    assert "1 row without a rule left out" in page.toast[0].value


def test_a_batch_that_cannot_be_reviewed_says_so_of_the_file_that_was_given(open_page, home):
    batch = prepare_batch(home / "batches", "code.csv", CLAUSES)
    batch.rules.write_text('{"id": "c2", "clause": "", "rule": null, "problem": "empty"}\n')
    page = open_page("batch")
    page.button(key=f"review-{batch.id}").click().run()
    assert page.toast[0].value.replace("\\", "") == "code.csv: holds no rule"


def test_what_a_button_of_the_list_says_is_said_by_the_list(open_page, home, monkeypatch):
    """What a fragment's callback shows takes the place of the page's styles."""
    import streamlit

    said = []
    monkeypatch.setattr(background, "COMMAND", ("/no/such/program",))
    monkeypatch.setattr(
        streamlit, "toast", lambda body, **_: said.append((sys._getframe(1).f_code.co_name, body))
    )
    batch = prepare_batch(home / "batches", "code.csv", CLAUSES)
    page = open_page("batch")
    page.button(key=f"resume-{batch.id}").click().run()
    ((by, problem),) = said
    assert by == "_list"
    assert "cannot be started" in problem
    assert not page.error


@pytest.mark.parametrize("name", ["my code.csv", "my code.jsonl"])
def test_a_batch_without_a_column_of_clauses_says_what_to_do_here(open_page, home, name):
    data = b"a\nb\n" if name.endswith("csv") else b'{"a": "b"}\n'
    page = open_page("batch")
    page.file_uploader[0].upload(name, data).run()
    next(button for button in page.button if button.label == "Start").click().run()
    said = page.error[0].value.replace("\\", "")
    assert said.startswith(f"{name}: no column with the clause")
    assert said.endswith("; call one so and upload the file again")


def test_a_corpus_without_a_column_of_clauses_says_what_to_do_here(open_page):
    page = open_page("compare")
    page.file_uploader(key="compare_corpus").upload("gold.csv", b"id,rule\n1,x\n").run()
    said = page.error[0].value.replace("\\", "")
    assert said.startswith("gold.csv: no column with the clause")
    assert said.endswith("; call one so and upload the file again")


def test_the_weights_of_the_theme_are_those_that_streamlit_takes():
    theme = tomllib.loads((APP.parent / ".streamlit" / "config.toml").read_text())["theme"]
    assert all(weight % 50 == 0 for weight in theme["headingFontWeights"])


def test_systems_are_compared_on_the_open_corpus(open_page):
    page = open_page("compare")
    page.button(key="compare_go").click().run(timeout=120)
    assert not page.exception
    assert "nTED" in parts(page, "blocks")[0]["html"]
    page.segmented_control(key="compare_view").set_value("Clause by clause").run()
    shown = parts(page, "queue")[0]
    assert len(shown["items"]) > 20
    assert shown["chosen"] in parts(page, "blocks")[0]["html"]
    page.segmented_control(key="compare_view").set_value("Distributions").run()
    assert parts(page, "blocks")[0]["html"].count("<svg") >= 3


def test_few_shot_shows_how_far_it_is(open_page, monkeypatch):
    import streamlit

    def generate(model, tokenizer, prompts, *, on_batch, **options):
        for _ in prompts:
            on_batch(1)
        return [SimpleNamespace(text=" if(exist(door)),then(is(door,wide))")] * len(prompts)

    shown = []
    bar = SimpleNamespace(
        progress=lambda share, text: shown.append((share, text)), empty=lambda: shown.append(None)
    )
    monkeypatch.setattr(streamlit, "progress", lambda share, text: bar)
    monkeypatch.setattr("p4ir.models.load_base", lambda name: (None, None))
    monkeypatch.setattr("p4ir.models.hardware.as_fast_as_possible", lambda model: model)
    monkeypatch.setattr("p4ir.inference.generation.generate", generate)
    page = open_page("compare")
    page.multiselect(key="compare_systems").set_value(["few-shot"]).run()
    page.button(key="compare_go").click().run(timeout=120)
    assert not page.exception
    count = len(shown) - 1
    assert shown[0] == (1 / count, f"1 of {count} clauses by few-shot")
    assert shown[-2:] == [(1.0, f"{count} of {count} clauses by few-shot"), None]


@pytest.mark.parametrize(("is_at_work", "said"), [(True, ""), (False, "Python's own end\n")])
def test_the_end_does_not_wait_for_a_model_that_works(is_at_work, said):
    """Python's own end would hang, or abort, in the native code of a thread that goes on."""
    code = f"""if True:
        import atexit, sys, threading
        atexit.register(print, "Python's own end")
        sys.path.insert(0, {str(APP)!r})
        import shell
        begun = threading.Event()
        def work():
            if {is_at_work}:
                with shell.at_work():
                    begun.set()
                    threading.Event().wait()
            begun.set()
        threading.Thread(target=work, daemon=True).start()
        begun.wait()
    """
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, said), done.stderr


def test_nothing_to_compare_is_said(open_page):
    page = open_page("compare")
    page.multiselect(key="compare_systems").set_value([]).run()
    page.button(key="compare_go").click().run()
    assert "Choose at least one system" in page.info[0].value


def test_runs_are_drawn_over_each_other(open_page, home):
    for name, stage in (("a", "model: tiny\n"), ("b", "model: tiny\nrewards: {validity: 1}\n")):
        run = make_run(home / "runs" / name, recipe=stage)
        log(run, train__loss=[(1, 2.0), (2, 1.0)], train__reward=[(1, 0.1), (2, 0.2)])
    page = open_page("runs")
    with (home / "runs" / "a" / "lock").open("wb") as file:
        assert lock(file)
        page.multiselect(key="runs_shown").set_value(["a", "b"]).run()
    assert not page.exception
    assert "training now" in said(page)
    assert "stopped" in said(page)
    assert [each.value for each in page.subheader] == ["Loss", "Reward"]


def test_a_run_that_has_logged_nothing_yet_says_so(open_page, home):
    make_run(home / "runs" / "a")
    assert "Nothing has been logged yet" in open_page("runs").info[0].value
