import threading
import time

import pytest

from p4ir.batch.job import BatchJob
from p4ir.batch.rows import BatchRow
from p4ir.corpus.prompts import make_prompt
from p4ir.endpoint.client import Endpoint
from p4ir.endpoint.completions import Completions
from p4ir.endpoint.features import Features
from p4ir.endpoint.retry import Patience
from p4ir.engines.openai import AHEAD, HARMLESS, OpenAIEngine
from p4ir.errors import EndpointError
from tests.endpoint.stand_in import RULE, clause_of, completion


def engine(server, concurrency=4, timeout_s=5.0):
    endpoint = Endpoint(
        server.url, timeout_s=timeout_s, patience=Patience(tries=2, base_s=0.01, limit_s=3)
    )
    completions = Completions(endpoint, Features(), "tuned")

    def ask(clause):
        return completions.complete(make_prompt(clause))

    return OpenAIEngine(endpoint, ask, model="tuned", concurrency=concurrency)


def rows(count):
    return [BatchRow(str(n), f"Door {n}.") for n in range(count)]


def stream(server, some, **options):
    return list(engine(server, **options).stream(some, lambda done: None))


def test_rows_come_back_in_their_order_whichever_answer_is_first(stand_in):
    def answer(body, n):
        time.sleep(0.05 if n % 3 == 0 else 0)
        return completion(body, RULE.replace("door", f"door{clause_of(body)[5:-1]}"))

    found = stream(stand_in(answer), rows(40))
    assert [row.id for row, _ in found] == [str(n) for n in range(40)]
    for row, result in found:
        assert result.completion.startswith(f"if(exist(door{row.id}))")
        assert result.valid
        assert result.confidence == pytest.approx(0.905, abs=0.001)
        assert len(result.node_confidence) == result.rule.size


def test_no_more_is_asked_at_once_and_no_more_read_than_was_said(stand_in):
    read = []
    held = threading.Event()

    def counted():
        for row in rows(100):
            read.append(row)
            yield row

    def answer(body, n):
        held.wait(0.01)
        return completion(body, RULE)

    server = stand_in(answer)
    results = engine(server, concurrency=3).stream(counted(), lambda done: None)
    next(results)
    assert len(read) <= 3 * AHEAD
    assert len(list(results)) == 99
    assert server.most_at_once == 3


def test_rows_that_are_no_clauses_are_not_asked_for(stand_in):
    server = stand_in()
    bad = [BatchRow("1", ""), BatchRow("2", "x" * 100_000), BatchRow("3", "A", "broken quoting")]
    found = stream(server, [*bad, BatchRow("4", "A door.")])
    assert [bool(result.problem) for _, result in found] == [True, True, True, False]
    assert [clause_of(body) for body in server.bodies] == ["A door."]


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        ((400, {}, b'{"error": "context length"}'), "HTTP 400: context length"),
        ((500, {}, b"assertion"), "HTTP 500: assertion"),
        (b"garbage", "is no JSON: garbage"),
    ],
)
@pytest.mark.parametrize("last", [True, False])
def test_a_row_at_fault_is_recorded_and_stops_nothing(stand_in, bad, said, last):
    trouble = 9 if last else 4
    server = stand_in(
        lambda body, n: bad if clause_of(body) == f"Door {trouble}." else completion(body, RULE)
    )
    found = stream(server, rows(10), concurrency=1)
    problems = {row.id: result.problem for row, result in found if not result.rule}
    assert problems.keys() == {str(trouble)}
    assert said in problems[str(trouble)]


@pytest.mark.parametrize(
    "down",
    [
        (500, {}, b"down"),
        b'{"half',
        (400, {}, b"chat only"),
        (401, {}, b""),
        (402, {}, b"no credit"),
        (404, {}, b""),
    ],
)
def test_an_endpoint_of_no_use_stops_the_job_which_can_go_on(stand_in, tmp_path, down):
    is_down = threading.Event()

    def answer(body, n):
        if clause_of(body) == "Door 12.":
            is_down.set()
        return down if is_down.is_set() else completion(body, RULE)

    output = tmp_path / "out.jsonl"
    with pytest.raises(EndpointError, match=r"; \d+ of 30 rows are kept in out.jsonl"):
        BatchJob(rows(30), output).run(engine(stand_in(answer), concurrency=2))
    part = tmp_path / "out.jsonl.part"
    kept = part.read_text().splitlines()
    assert 0 < len(kept) <= 12
    assert all('"valid": true' in line for line in kept)
    server = stand_in()
    assert BatchJob(rows(30), output).run(engine(server)) == (0, 0)
    assert len(output.read_text().splitlines()) == 30
    assert len(server.bodies) == 30 - len(kept)


def test_the_rows_of_an_endpoint_that_recovers_are_all_there(stand_in):
    answers = {3: (500, {}, b"oops"), 5: b'{"half', 8: (429, {"Retry-After": "0"}, b"")}
    server = stand_in(lambda body, n: answers.get(n) or completion(body, RULE))
    found = stream(server, rows(20))
    assert all(result.valid for _, result in found)
    assert len(server.bodies) == 23
    assert HARMLESS not in {clause_of(body) for body in server.bodies}


def test_stopping_waits_for_no_answer(stand_in):
    held = threading.Event()

    def answer(body, n):
        if clause_of(body) != "Door 0.":
            held.wait(30)
        return completion(body, RULE)

    server = stand_in(answer)
    results = engine(server, concurrency=2, timeout_s=30).stream(rows(9), lambda done: None)
    next(results)
    started = time.monotonic()
    results.close()
    assert time.monotonic() - started < 1
    held.set()
