"""A server's model, used as if it were here."""

import threading
from dataclasses import replace

import pytest

from p4ir.cli import main
from p4ir.endpoint.retry import Patience
from p4ir.errors import EndpointError
from p4ir.inference.turns import interpret_in_turns
from p4ir.serve.client import ServedInterpreter
from tests.serve.scholar import Scholar

IMPATIENT = Patience(tries=2, base_s=0.01, longest_s=0.02, limit_s=20)
CLAUSES = [
    "A door shall have a handle.",
    "A ramp shall be no steeper than 1 in 20.",
    "A wall is no rule.",
    "",
    "A door shall have a handle.",
    "half \ud800 a character",
    "long " * 20_000,
    "باب 🚪 door",
]
HEALTH = {
    "model": "m", "adapter": None, "licence": None, "constrained": True, "beams": 1, "consensus": 1,
    "max_clauses": 64,
}  # fmt: skip


def rounded(found):
    """Return an interpretation with its probabilities as an answer holds them."""
    return replace(
        found,
        confidence=None if found.confidence is None else round(found.confidence, 4),
        node_confidence=tuple(round(each, 4) for each in found.node_confidence),
        seconds=0.0,
    )


@pytest.mark.parametrize("batch_size", [1, 3, 1000])
def test_what_comes_back_is_what_the_same_model_makes_here(serve, batch_size):
    _, url = serve()
    served = ServedInterpreter(url, batch_size=batch_size)
    assert (served.constrained, served.beams, served.consensus) == (False, 1, 1)
    assert (served.model, served.info.name, served.info.licence) == (
        "parrot", "feathers", "CC0-1.0",
    )  # fmt: skip
    done = []
    found = served.interpret(CLAUSES, done.append)
    here = [rounded(each) for each in Scholar().interpret(CLAUSES)]
    assert found == here
    assert here[1].repairs
    assert here[0].node_confidence[2] < 0.5
    assert [n for n, each in enumerate(found) if each.confidence is None] == [3, 5, 6]
    assert here[0].ungrounded == ()
    assert [n for n, each in enumerate(found) if each.rule is None] == [2, 3, 5, 6]
    assert sum(done) == len(CLAUSES)
    assert list(served.stream(CLAUSES, chunk=3)) == here
    assert served.interpret("A door.")[0].rule == found[0].rule


def test_a_server_says_what_tells_its_adapter_from_another_of_the_name(stand_in):
    server = stand_in(lambda body, n: {})
    server.health = {**HEALTH, "adapter": "feathers"}
    assert ServedInterpreter(server.url).info == ("feathers", None, None)
    server.health["adapter_sha256"] = "abc"
    assert ServedInterpreter(server.url).info == ("feathers", None, "abc")


@pytest.mark.parametrize(("item", "kind"), [(None, "NoneType"), (b"abc", "bytes"), (5, "int")])
def test_what_is_no_string_is_named_by_its_place(stand_in, item, kind):
    served = server_that_answers(stand_in, {})
    clauses = ["A door.", "A gate.", item]
    with pytest.raises(TypeError, match=rf"^clause 3 is of type {kind}, expected str$"):
        served.interpret(clauses)
    with pytest.raises(TypeError, match="clause 3 is"):
        next(served.stream(clauses, chunk=1))


def test_a_request_that_is_turned_away_comes_again_when_it_was_told_to(serve):
    _, url = serve(pause_s=0.3, queue=8)
    counts = []

    def ask(number):
        served = ServedInterpreter(url, batch_size=8)
        found = served.interpret([f"Door {number}.{n} shall have a handle." for n in range(8)])
        counts.append(sum(each.valid for each in found))

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counts == [8] * 6


def test_the_token_is_taken_from_the_environment(serve, monkeypatch):
    monkeypatch.setenv("P4IR_TOKEN", "secret")
    _, url = serve()
    assert ServedInterpreter(url).interpret(["A door."])[0].valid
    monkeypatch.setenv("P4IR_TOKEN", "guessed")
    with pytest.raises(EndpointError, match="HTTP 401: the key in P4IR_TOKEN was refused") as error:
        ServedInterpreter(url).interpret(["A door."])
    assert "guessed" not in str(error.value)
    monkeypatch.delenv("P4IR_TOKEN")
    with pytest.raises(EndpointError, match="set P4IR_TOKEN to a key"):
        ServedInterpreter(url).interpret(["A door."])


def server_that_answers(stand_in, answer):
    """Return a client of a stand-in that is well, and answers clauses as it is told to."""
    server = stand_in(lambda body, n: answer)
    server.health = HEALTH
    return ServedInterpreter(server.url, patience=IMPATIENT)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({"results": []}, "answers what was not asked for (results for other clauses)"),
        ({"results": [{"clause": "A door."}]}, "answers what was not asked for ('rule')"),
        ({"results": [{"clause": "A gate."}]}, "results for other clauses"),
        ({"results": [{"clause": "A door.", "rule": "if("}]}, "answers what was not asked for"),
        ({"results": 5}, "answers what was not asked for"),
        (b'{"results": [', "answers what is no JSON"),
        (b"<html>", "answers what is no JSON: <html>"),
        ((422, {}, b'{"detail": "no notation"}'), "HTTP 422: no notation"),
        ((422, {}, b'{"detail": [{"msg": "valid list"}]}'), "HTTP 422: [{'msg': 'valid list'}]"),
        ((500, {}, b"oops"), "HTTP 500: oops"),
        ((504, {}, b'{"detail": "it took too long"}'), "HTTP 504: it took too long"),
    ],
)
def test_an_answer_that_is_none_is_one_line(stand_in, answer, said):
    client = server_that_answers(stand_in, answer)
    with pytest.raises(EndpointError) as error:
        client.interpret(["A door."])
    assert said in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("health", [None, {"status": "ok"}, {**HEALTH, "max_clauses": "many"}])
def test_a_server_of_another_kind_is_told_from_one_of_ours(stand_in, health):
    server = stand_in()
    server.health = health
    with pytest.raises(EndpointError, match=r"HTTP 404|what was not asked for"):
        ServedInterpreter(server.url, patience=IMPATIENT)


def test_a_server_that_is_down_says_so(serve):
    process, url = serve()
    process.kill()
    process.wait()
    with pytest.raises(EndpointError, match="cannot be reached"):
        ServedInterpreter(url, patience=IMPATIENT)
    with pytest.raises(EndpointError, match=r"give http://localhost:8000 or so"):
        ServedInterpreter("localhost:8000")


def test_turns_can_be_taken_at_a_server(serve):
    _, url = serve()
    found = interpret_in_turns(ServedInterpreter(url), CLAUSES, threading.Lock(), size=3)
    assert [len(some) for some in found] == [3, 3, 2]


def test_a_batch_runs_on_a_server(serve, tmp_path, capsys):
    _, url = serve()
    source, output = tmp_path / "in.csv", tmp_path / "out.jsonl"
    source.write_text("id,clause\n1,A door.\n2,A wall.\n3,\n4,A ramp.\n")
    command = ["batch", str(source), str(output), "--engine", "server", "--endpoint", url]
    assert main(command) == 0
    said = capsys.readouterr().err.splitlines()
    assert said[0] == "p4ir: adapter feathers on parrot (CC0-1.0); drafts for expert review"
    assert said[-1] == f"p4ir: 4 rows to {output}, 2 without a rule, 1 mended"
    assert output.read_text().count('"adapter": "feathers"') == 4


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ([], "--endpoint: give the URL, such as http://localhost:8000"),
        (["--endpoint", "http://localhost:1", "--adapter", "sft"], "the server has its own model"),
        (["--endpoint", "http://localhost:1", "--consensus", "4"], "the server has its own model"),
        (["--endpoint", "http://localhost:1", "--beams", "8"], "the server has its own model"),
    ],
)
def test_what_a_server_cannot_be_asked_is_one_line(tmp_path, capsys, more, said):
    source = tmp_path / "in.csv"
    source.write_text("clause\nA door.\n")
    assert main(["batch", str(source), str(tmp_path / "o.jsonl"), "--engine", "server", *more]) == 2
    err = capsys.readouterr().err
    assert said in err
    assert len(err.splitlines()) == 1
