"""The API, asked without a socket."""

import re
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from fastapi.testclient import TestClient

from p4ir.engines.local import LocalEngine
from p4ir.serve.app import create_app, warm_up
from p4ir.serve.guard import Limits
from tests.batch.parrot import Parrot

RULE = "if(exist(door)),then(obligation(has(door,handle)))"


@pytest.fixture
def client():
    """Make clients of applications with a parrot for a model."""
    opened = []

    def make(parrot=None, token="", clause_s=0.0, **limits):
        app = create_app(
            LocalEngine(parrot or Parrot()),
            batch_size=4,
            limits=Limits(**limits),
            token=token,
            clause_s=clause_s,
        )
        made = TestClient(app, raise_server_exceptions=False)
        made.__enter__()
        opened.append(made)
        return made

    yield make
    for each in opened:
        each.__exit__(None, None, None)


def test_clauses_become_rules_in_their_order(client):
    answer = client().post("/interpret", json={"clauses": ["A door.", "", "A gate."]})
    assert answer.status_code == 200
    first, empty, last = answer.json()["results"]
    assert (first["id"], first["clause"], first["rule"]) == ("1", "A door.", RULE)
    assert (first["model"], first["adapter"], first["confidence"]) == ("parrot", "feathers", 0.5)
    assert (empty["rule"], empty["problem"]) == ("", "the clause is empty")
    assert last["clause"] == "A gate."


def test_the_root_names_the_other_paths(client):
    said = client().get("/")
    assert said.status_code == 200
    there = {"POST /interpret", "POST /check", "POST /score", "GET /healthz", "GET /docs"}
    assert there <= said.json().keys()
    assert said.json()["POST /score"] == "Score rules against reference rules."
    assert client(token="secret").get("/").status_code == 401


def test_rules_come_in_other_notations(client):
    answer = client().post("/interpret", json={"clauses": ["A door."], "to": "outline"})
    assert answer.json()["results"][0]["rule"].startswith("if\n exist: door")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"clauses": []}, "at least 1 item"),
        ({"clauses": "A door."}, "valid list"),
        ({"clauses": [1]}, "valid string"),
        ({"clauses": ["A door."], "notation": "lrml"}, "Extra inputs"),
        ({"clauses": ["A door."], "to": "klingon"}, "no notation 'klingon'; there are lrml"),
        ({"clauses": ["A door."] * 65}, "65 are too many; at most 64 a request"),
        ({}, "clauses: Field required"),
        ({"clauses": ["A door.", 1]}, "clauses, item 2: Input should be a valid string"),
        ({"clauses": [1] * 9}, "; and 4 more"),
        (["A door."], "the body: Input should be a valid dictionary"),
        ({"clauses": ["A door."], "x" * 5000: 1}, "x" * 60 + ": Extra inputs"),
    ],
)
def test_a_request_that_is_none_is_refused_with_the_reason(client, body, said):
    answer = client().post("/interpret", json=body)
    assert answer.status_code == 422
    assert said in answer.json()["detail"]


JSON = {"content-type": "application/json"}


@pytest.mark.parametrize(
    ("path", "body", "said"),
    [
        ("/interpret", '{"clauses": NaN}', "clauses: "),
        ("/interpret", '{"clauses": ["A door.", -Infinity]}', "clauses, item 2: "),
        ("/interpret", '{"clauses": [1e999]}', "clauses, item 1: "),
        ("/interpret", '{"clauses": ["A door."], "to": NaN}', "to: "),
        (
            "/score",
            '{"pairs": [{"prediction": NaN, "reference": ""}]}',
            "pairs, item 1, prediction",
        ),
        ("/check", '{"rules": [NaN], "building": {}}', "rules, item 1, "),
    ],
)
def test_a_number_that_no_json_can_hold_is_refused_like_any_other(client, path, body, said):
    answer = client().post(path, content=body, headers=JSON)
    assert answer.status_code == 422
    assert answer.json()["detail"].startswith(said)


def test_a_measure_that_is_no_number_is_unknown_as_in_a_file(client):
    facts = '{"format": "p4ir-building/1", "elements": [%s]}'
    door = '{"id": "d", "type": "door", "properties": {"width": NaN}}'
    body = f'{{"rules": ["{WIDE}"], "building": {facts % door}}}'
    answer = client().post("/check", content=body, headers=JSON)
    assert (answer.status_code, answer.json()["counts"]["unknown"]) == (200, 1)


def test_half_a_character_in_one_clause_spoils_no_other(client):
    body = r'{"clauses": ["A door.", "\ud800 doors", "A \ud83d\udeaa.", "\\ud800"]}'
    answer = client().post("/interpret", content=body, headers=JSON)
    assert answer.status_code == 200
    door, half, whole, written = answer.json()["results"]
    assert (half["clause"], half["rule"]) == ("\ufffd doors", "")
    assert half["problem"] == "the clause is no plain text in UTF-8"
    assert door["rule"] == whole["rule"] == written["rule"] == RULE
    assert (whole["clause"], written["clause"]) == ("A \U0001f6aa.", r"\ud800")


def test_half_a_character_among_rules_is_refused(client):
    body = r'{"pairs": [{"prediction": "\ud800", "reference": ""}]}'
    answer = client().post("/score", content=body, headers=JSON)
    assert (answer.status_code, "half of a character" in answer.json()["detail"]) == (400, True)
    answer = client().post("/score", content=r'{"\ud800": 1, "\ud800": 2}', headers=JSON)
    assert answer.status_code == 400
    assert answer.json()["detail"].startswith('"\ufffd" stands there twice')


@pytest.mark.parametrize("sent", [None, "application/x-www-form-urlencoded", "text/json"])
def test_a_body_that_does_not_say_that_it_is_json_is_told_to(client, sent):
    headers = {"content-type": sent} if sent else {}
    answer = client().post("/interpret", content=b'{"clauses": ["A door."]}', headers=headers)
    assert answer.status_code == 415
    assert answer.json()["detail"] == "the body must come with content-type: application/json"


@pytest.mark.parametrize("sent", ["application/json; charset=utf-8", "Application/Problem+JSON"])
def test_a_body_may_say_that_it_is_json_in_other_ways(client, sent):
    body = b'{"clauses": ["A door."]}'
    answer = client().post("/interpret", content=body, headers={"content-type": sent})
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("POST", "/interpret/", 404), ("GET", "/nothing", 404), ("GET", "/interpret", 405)],
)
def test_a_path_that_is_none_is_an_answer_of_the_one_shape(client, method, path, status):
    answer = client().request(method, path, follow_redirects=False)
    assert answer.status_code == status
    assert isinstance(answer.json()["detail"], str)


@pytest.mark.parametrize("body", [b"", b"{", b'{"clauses": ["A d', b"\xff\xfe", b"[" * 100_000])
def test_a_body_that_is_no_json_is_refused(client, body):
    answer = client().post("/interpret", content=body, headers={"content-type": "application/json"})
    assert answer.status_code in (400, 422)


def test_a_body_that_is_too_long_is_refused_however_it_is_sent(client):
    small = client(body_bytes=1000)
    long = b'{"clauses": ["' + b"x" * 2000 + b'"]}'
    assert small.post("/interpret", content=long).status_code == 413
    pieces = (long[start : start + 100] for start in range(0, len(long), 100))
    assert small.post("/interpret", content=pieces).status_code == 413
    assert small.post("/interpret", json={"clauses": ["A door."]}).status_code == 200


def test_a_token_is_asked_for_where_there_is_one(client):
    guarded = client(token="secret")
    ask = {"clauses": ["A door."]}
    for headers in (
        {},
        {"Authorization": "Bearer wrong"},
        {"Authorization": "secret"},
        {"Authorization": "Basic secret"},
        {"Authorization": b"Bearer \xff"},
    ):
        answer = guarded.post("/interpret", json=ask, headers=headers)
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"] == "Bearer"
        assert "secret" not in answer.text
    assert guarded.get("/metrics").status_code == 401
    assert guarded.get("/openapi.json").status_code == 401
    assert guarded.get("/healthz").status_code == 200
    right = {"Authorization": "Bearer secret"}
    assert guarded.post("/interpret", json=ask, headers=right).status_code == 200


def test_a_full_queue_turns_away_and_says_for_how_long(client):
    gate, at_work = threading.Event(), threading.Event()

    def hold(clauses):
        at_work.set()
        gate.wait(10)

    full = client(Parrot(before=hold), queue=4)
    ask = {"clauses": ["A door."] * 4}
    with ThreadPoolExecutor(2) as pool:
        # The second finds room only once the first has left the queue.
        begun = [pool.submit(full.post, "/interpret", json=ask)]
        assert at_work.wait(10)
        begun.append(pool.submit(full.post, "/interpret", json=ask))
        while "p4ir_queued_clauses 4" not in full.get("/metrics").text:
            assert not any(each.done() for each in begun)
        answer = full.post("/interpret", json=ask)
        assert answer.status_code == 429
        assert answer.headers["Retry-After"].isdigit()
        gate.set()
        assert [each.result().status_code for each in begun] == [200, 200]
    assert full.post("/interpret", json=ask).status_code == 200


def test_more_clauses_than_the_queue_takes_are_never_told_to_come_again(client):
    small = client(queue=4)
    assert small.get("/healthz").json()["max_clauses"] == 4
    answer = small.post("/interpret", json={"clauses": ["A door."] * 5})
    assert (answer.status_code, answer.json()["detail"]) == (
        422,
        "5 are too many; at most 4 a request",
    )


def test_a_request_that_would_hardly_be_answered_in_time_is_turned_away(client):
    gate, begun = threading.Event(), threading.Event()

    def hold(clauses):
        begun.set()
        gate.wait(10)

    slow = client(Parrot(before=hold), clause_s=10, timeout_s=60)
    with ThreadPoolExecutor(1) as pool:
        # Whoever comes first is served, however long it may take.
        first = pool.submit(slow.post, "/interpret", json={"clauses": ["A door."] * 4})
        assert begun.wait(10)
        answer = slow.post("/interpret", json={"clauses": ["A gate."]})
        assert (answer.status_code, answer.headers["Retry-After"]) == (429, "40")
        gate.set()
        assert first.result().status_code == 200
    assert slow.post("/interpret", json={"clauses": ["A gate."]}).status_code == 200


def test_a_model_is_warmed_up_with_a_clause():
    parrot = Parrot(pause_s=0.05)
    assert warm_up(LocalEngine(parrot)) >= 0.05
    assert len(parrot.heard) == 1


def test_a_request_that_takes_too_long_is_given_up(client):
    slow = client(Parrot(before=lambda clauses: gate.wait(10)), timeout_s=0.2)
    gate = threading.Event()
    assert slow.post("/interpret", json={"clauses": ["A door."]}).status_code == 504
    gate.set()
    assert slow.post("/interpret", json={"clauses": ["A gate."]}).status_code == 200


def test_a_model_that_breaks_breaks_one_batch_only(client):
    def fail(clauses):
        if "A bomb." in clauses:
            raise MemoryError("boom")

    fragile = client(Parrot(before=fail))
    broken = fragile.post("/interpret", json={"clauses": ["A bomb."]})
    assert broken.status_code == 500
    assert broken.json() == {"detail": "the server failed on this request; its log says why"}
    assert fragile.post("/interpret", json={"clauses": ["A door."]}).status_code == 200


BUILDING = {
    "format": "p4ir-building/1",
    "elements": [
        {"id": "d1", "type": "door", "properties": {"width": "700 mm"}},
        {"id": "d2", "type": "door", "properties": {"width": "900 mm"}},
        {"id": "d3", "type": "door"},
    ],
}
WIDE = "if(exist(door)),then(obligation(greaterThanEqual(door.width,800 mm)))"


def test_a_building_is_checked(client):
    rules = [{"id": "wide", "rule": WIDE, "clause": "Doors shall be 800 mm wide."}, WIDE]
    answer = client().post("/check", json={"rules": rules, "building": BUILDING})
    assert answer.status_code == 200
    findings = answer.json()["findings"]
    verdicts = {f["element"]["id"]: f["verdict"] for f in findings if f["rule"] == "wide"}
    assert verdicts == {"d1": "fail", "d2": "pass", "d3": "unknown"}
    assert answer.json()["counts"]["fail"] == 2
    assert len(answer.json()["rules"]) == 2


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"rules": [WIDE, "if("], "building": BUILDING}, "rule 2: "),
        ({"rules": [{"clause": "A door."}], "building": BUILDING}, "rule 1: an object without a"),
        ({"rules": [WIDE], "building": {"elements": 5}}, "the building: "),
        ({"rules": [WIDE] * 1001, "building": BUILDING}, "1001 are too many; at most 1000"),
        ({"rules": [], "building": BUILDING}, "at least 1 item"),
    ],
)
def test_what_cannot_be_checked_is_named(client, body, said):
    answer = client().post("/check", json=body)
    assert answer.status_code == 422
    assert said in answer.text


def test_a_check_that_takes_too_long_is_given_up(client, monkeypatch):
    from p4ir.check import iterate_findings

    made = []

    def count(*arguments):
        for finding in iterate_findings(*arguments):
            made.append(finding)
            yield finding

    doors = [{"id": f"d{number}", "type": "door"} for number in range(2000)]
    body = {"rules": [WIDE] * 1000, "building": {**BUILDING, "elements": doors}}
    monkeypatch.setattr("p4ir.check.iterate_findings", count)
    monkeypatch.setattr("p4ir.serve.work.MAX_CHECK_S", 0.2)
    answer = client().post("/check", json=body)
    assert answer.status_code == 422
    assert re.fullmatch(
        r"rule \d+: with it the check takes too long for one request; "
        "send fewer rules, or a smaller building",
        answer.json()["detail"],
    )
    assert len(made) < 100_000


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ('"id": "d", "properties": {"width": "1 m"}, "properties": {}',
         '"properties" of "d" stands there twice; give it once, or a list'),
        ('"id": "d", "properties": {"width": "1 m", "width": "2 m"}',
         '"width" stands there twice; give it once, or a list'),
        (f'"id": "d", "properties": {{"width": {"9" * 5000}}}', "a number has too many digits"),
        ('"id": "d", "type": [' + "[" * 100_000, "nested too deep"),
        ('"id" "d"', "line 1, column "),
    ],
)  # fmt: skip
def test_facts_that_can_be_read_in_two_ways_are_refused_as_in_a_file(client, facts, said):
    building = f'{{"format": "p4ir-building/1", "elements": [{{"type": "door", {facts}}}]}}'
    answer = client().post(
        "/check",
        content=f'{{"rules": ["{WIDE}"], "building": {building}}}',
        headers={"content-type": "application/json"},
    )
    assert answer.status_code == 400
    assert answer.json()["detail"].startswith(said)


def comb(label, depth=190):
    """Return a rule whose every level has a leaf before it, the slowest to be compared."""
    text = "x"
    for level in range(depth):
        text = f"{label}{level}({label},{text})"
    return f"if(x),then(and({text},{text}))"


def test_rules_that_take_too_long_to_compare_are_refused_at_once(client, monkeypatch):
    def fail(*arguments):
        raise AssertionError("nothing is scored")

    served, small = client(), {"prediction": RULE, "reference": RULE}
    runaway = {"prediction": f"if(x),then(and({'has(a,b),' * 2000}", "reference": RULE}
    assert served.post("/score", json={"pairs": [small, runaway]}).status_code == 200
    monkeypatch.setattr("p4ir.serve.work.score", fail)
    pairs = [small, {"prediction": comb("a"), "reference": comb("b")}]
    answer = served.post("/score", json={"pairs": pairs})
    assert answer.status_code == 422
    assert answer.json()["detail"].startswith("pair 2: with it the rules are too large to be")


def test_rules_are_scored(client):
    pairs = [
        {"prediction": RULE, "reference": RULE},
        {"prediction": RULE.replace("obligation", "permission"), "reference": RULE},
        {"prediction": "a door shall have a handle", "reference": RULE},
    ]
    same, other, none = client().post("/score", json={"pairs": pairs}).json()["scores"]
    assert (same["ted"], same["exact"], same["valid"]) == (0, True, True)
    assert (other["ted"], other["exact"]) == (1, False)
    assert (none["nted"], none["valid"]) == (1.0, False)


def test_a_reference_that_is_no_rule_is_named(client):
    pairs = [{"prediction": RULE, "reference": RULE}, {"prediction": RULE, "reference": "if("}]
    answer = client().post("/score", json={"pairs": pairs})
    assert answer.status_code == 422
    assert answer.json()["detail"].startswith("pair 2: the reference does not parse: line 1")


def test_what_is_not_there_is_counted_as_one_path(client):
    here = client()
    for path in ("/nothing", "/wp-admin", "/interpret"):
        assert here.get(path).status_code in (404, 405)
    figures = here.get("/metrics").text
    assert 'p4ir_requests_total{path="other",status="404"} 2.0' in figures
    assert 'p4ir_requests_total{path="/interpret",status="405"} 1.0' in figures


def test_the_api_describes_itself(client):
    described = client().get("/openapi.json").json()
    assert {"/interpret", "/check", "/score", "/healthz", "/metrics"} <= described["paths"].keys()


@pytest.mark.parametrize("path", ["/interpret", "/check", "/score"])
def test_every_refusal_is_described_as_one_text(client, path):
    described = client().get("/openapi.json").json()
    answers = described["paths"][path]["post"]["responses"]
    refusals = {"400", "401", "408", "413", "415", "422", "429", "500", "504"}
    assert answers.keys() == {"200"} | refusals
    for status in refusals:
        schema = answers[status]["content"]["application/json"]["schema"]
        assert schema == {"$ref": "#/components/schemas/Refusal"}
    refusal = described["components"]["schemas"]["Refusal"]
    assert refusal["properties"]["detail"]["type"] == "string"
    assert "HTTPValidationError" not in described["components"]["schemas"]
