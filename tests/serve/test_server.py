"""The server as it runs: over a socket, under load, until it is told to stop."""

import signal
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import httpx2
import psutil
import pytest

from p4ir.cli.serve import farewell, greeting
from p4ir.errors import ServeError
from p4ir.serve.server import run


def is_answering(url):
    try:
        httpx2.get(f"{url}/healthz")
    except httpx2.TransportError:
        return False
    return True


def clauses(number, count=1):
    return {"clauses": [f"Door {number}.{n} shall have a handle." for n in range(count)]}


def test_200_clients_at_once_get_a_rule_or_are_told_when_to_come_again(serve):
    process, url = serve(pause_s=0.05, queue=64)
    memory = psutil.Process(process.pid).memory_info
    barrier = threading.Barrier(200)
    client = httpx2.Client(timeout=30, limits=httpx2.Limits(max_connections=None))

    def ask(number):
        barrier.wait()
        response = client.post(f"{url}/interpret", json=clauses(number))
        if response.status_code == 429:
            assert 1 <= int(response.headers["Retry-After"]) <= 60
        else:
            (result,) = response.json()["results"]
            assert result["clause"] == f"Door {number}.0 shall have a handle."
        return response.status_code

    with client, ThreadPoolExecutor(200) as pool:
        first = Counter(pool.map(ask, range(200)))
        before = memory().rss
        second = Counter(pool.map(ask, range(200, 400)))
    for counts in (first, second):
        assert counts.keys() == {200, 429}
        assert counts[200] >= 64
    assert memory().rss < before * 1.1
    assert httpx2.get(f"{url}/healthz").json()["status"] == "ok"


def test_clauses_of_many_clients_share_batches(serve):
    _, url = serve(pause_s=0.2)

    def ask(number):
        while (answer := httpx2.post(f"{url}/interpret", json=clauses(number))).status_code == 429:
            time.sleep(0.1)
        return answer.status_code

    with ThreadPoolExecutor(32) as pool:
        assert set(pool.map(ask, range(32))) == {200}
    figures = dict(
        line.rsplit(" ", 1)
        for line in httpx2.get(f"{url}/metrics").text.splitlines()
        if not line.startswith("#")
    )
    assert figures['p4ir_requests_total{path="/interpret",status="200"}'] == "32.0"
    assert figures['p4ir_clauses_total{outcome="rule"}'] == "32.0"
    assert float(figures["p4ir_batch_clauses_count"]) <= 16


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_told_to_stop_it_finishes_what_was_begun_and_begins_nothing_else(serve, stop):
    process, url = serve(pause_s=2.0)
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(httpx2.post, f"{url}/interpret", json=clauses(1), timeout=30)
        while "p4ir_requests_under_way 2.0" not in httpx2.get(f"{url}/metrics").text:
            assert not asked.done()
        process.send_signal(stop)
        assert process.stdout.readline() == "answering 1\n"
        assert not asked.done()
        while is_answering(url):
            assert not asked.done()
        assert asked.result().status_code == 200
    assert process.wait(10) == 0
    assert process.stdout.read() == "stopped\n"


def test_what_is_waited_for_is_said_with_the_way_out():
    assert farewell(1) == "answering 1 request; Ctrl-C again ends at once"
    assert farewell(2).startswith("answering 2 requests;")


def test_a_second_ctrl_c_waits_for_nothing(serve):
    process, url = serve(pause_s=15)
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(httpx2.post, f"{url}/interpret", json=clauses(1), timeout=30)
        while "p4ir_requests_under_way 2.0" not in httpx2.get(f"{url}/metrics").text:
            assert not asked.done()
        process.send_signal(signal.SIGINT)
        while is_answering(url):
            assert not asked.done()
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 0
        assert asked.exception() or asked.result().status_code == 500


def test_an_address_that_is_taken_is_one_line(serve):
    _, url = serve()
    port = int(url.rsplit(":", 1)[1])
    with pytest.raises(ServeError, match=f"127.0.0.1:{port}: cannot be listened on: Address"):
        run(None, host="127.0.0.1", port=port, grace_s=1)
    with pytest.raises(ServeError, match=r"127\.0\.0\.1:70000: cannot be listened on"):
        run(None, host="127.0.0.1", port=70000, grace_s=1)


def test_the_start_line_sends_browsers_only_where_they_get_in():
    assert "/docs" not in greeting("http://here", "secret")
    assert "secret" not in greeting("http://here", "secret")
    assert "/docs for browsers with the internet" in greeting("http://here", "")
