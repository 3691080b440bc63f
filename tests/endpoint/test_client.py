import logging
import socket
import threading
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from p4ir.endpoint.client import MAX_ANSWER_BYTES, Endpoint
from p4ir.endpoint.retry import Gate, Patience, retry_after_s
from p4ir.errors import EndpointError

IMPATIENT = Patience(tries=3, base_s=0.01, longest_s=0.02, limit_s=5)
GOOD = {"text": "yes"}


def ask(url, timeout_s=5.0, patience=IMPATIENT):
    return Endpoint(url, timeout_s=timeout_s, patience=patience).post(
        "completions", {"prompt": "?"}, lambda answer: answer["text"]
    )


@pytest.mark.parametrize(
    "bad",
    [
        (500, {}, b"oops"),
        (502, {}, b""),
        (429, {}, b""),
        (503, {"Retry-After": "0"}, b""),
        b"",
        b"<html>garbage</html>",
        b'{"text": "y',
        b'["no object"]',
        b"[" * 100_000,
        b"\xff\xfe\x00",
        {"other": 1},
        (200, {"Content-Length": "100"}, b'{"text": '),
        (200, {"Content-Encoding": "gzip"}, b"no gzip"),
    ],
)
def test_what_may_pass_is_asked_again(stand_in, bad):
    server = stand_in(lambda body, n: GOOD if n >= 2 else bad)
    assert ask(server.url, timeout_s=1.0) == "yes"
    assert len(server.bodies) == 3


@pytest.mark.parametrize(
    ("bad", "said", "scope"),
    [
        (
            (500, {}, b'{"error": {"message": "out\\nof memory"}}'),
            "HTTP 500: out of mem",
            "unknown",
        ),
        ((400, {}, b'{"error": "too long"}'), "HTTP 400: too long", "request"),
        ((413, {}, b""), "HTTP 413: nothing", "request"),
        ((401, {}, b"who?"), "HTTP 401: set P4IR_API_KEY to a key", "endpoint"),
        ((404, {}, b"no model"), "HTTP 404: no model", "endpoint"),
        ((302, {"Location": "http://example.invalid/"}, b""), "points elsewhere", "endpoint"),
        (b"garbage " * 100, "answers what is no JSON: garbage garbage", "unknown"),
        (b"x" * (MAX_ANSWER_BYTES + 1), "answers more than", "unknown"),
    ],
)
def test_what_does_not_pass_is_one_line_that_says_whom_it_concerns(stand_in, bad, said, scope):
    server = stand_in(lambda body, n: bad)
    with pytest.raises(EndpointError) as error:
        ask(server.url)
    assert said in str(error.value)
    assert "\n" not in str(error.value)
    assert len(str(error.value)) < 400
    assert error.value.scope == scope


def test_an_endpoint_that_is_down_says_so():
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(EndpointError, match="cannot be reached") as error:
        ask(f"http://127.0.0.1:{port}")
    assert error.value.scope == "endpoint"


def test_an_endpoint_that_is_slow_says_so(stand_in):
    held = threading.Event()
    server = stand_in(lambda body, n: held.wait(10) and GOOD)
    with pytest.raises(EndpointError, match=r"no answer within 0\.1 s"):
        ask(server.url, timeout_s=0.1)
    held.set()


def test_an_answer_that_drips_counts_as_slow():
    with socket.create_server(("127.0.0.1", 0)) as listening:
        stopped = threading.Event()

        def drip():
            while not stopped.is_set():
                client, _ = listening.accept()
                client.recv(10_000)
                client.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
                try:
                    while not stopped.wait(0.05):
                        client.sendall(b" ")
                except OSError:
                    client.close()

        threading.Thread(target=drip, daemon=True).start()
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        with pytest.raises(EndpointError, match="no answer within"):
            ask(url, timeout_s=0.2, patience=Patience(tries=1))
        stopped.set()


def test_retry_after_holds_every_request_back(stand_in):
    server = stand_in(lambda body, n: (429, {"Retry-After": "1"}, b"") if n == 0 else GOOD)
    endpoint = Endpoint(server.url, patience=IMPATIENT)
    threads = [
        threading.Thread(
            target=lambda: endpoint.post("completions", {}, lambda answer: answer["text"])
        )
        for _ in range(4)
    ]
    threads[0].start()
    time.sleep(0.3)
    for thread in threads[1:]:
        thread.start()
    for thread in threads:
        thread.join()
    first, *others = server.times
    assert len(others) == 4
    assert min(others) - first >= 1.0


def test_an_endpoint_that_says_to_come_much_later_is_given_up(stand_in):
    server = stand_in(lambda body, n: (429, {"Retry-After": "3600"}, b""))
    started = time.monotonic()
    with pytest.raises(EndpointError, match="HTTP 429: busy"):
        ask(server.url)
    assert time.monotonic() - started < 2
    assert len(server.bodies) == 1


def test_being_told_to_come_later_is_no_failure(stand_in):
    server = stand_in(lambda body, n: GOOD if n == 9 else (429, {"Retry-After": "0"}, b""))
    assert ask(server.url) == "yes"


def test_an_endpoint_that_does_not_say_when_is_asked_ever_more_rarely(stand_in):
    server = stand_in(lambda body, n: (429, {}, b'{"error": {"message": "quota is used up"}}'))
    patience = Patience(tries=3, base_s=0.05, longest_s=10, limit_s=3)
    with pytest.raises(EndpointError, match="HTTP 429: quota is used up"):
        ask(server.url, patience=patience)
    assert 4 <= len(server.bodies) <= 8


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("7", 7.0),
        ("0.5", 0.5),
        ("-3", 0.0),
        ("", None),
        ("soon", None),
        ("nan", None),
        ("inf", None),
    ],
)
def test_retry_after_is_read(value, seconds):
    assert retry_after_s({"retry-after": value}) == seconds


def test_retry_after_may_be_a_date():
    then = datetime.now(UTC) + timedelta(seconds=30)
    assert 25 < retry_after_s({"retry-after": format_datetime(then, usegmt=True)}) <= 30
    past = "Wed, 21 Oct 2015 07:28:00 GMT"
    assert retry_after_s({"retry-after": past}) == 0.0


def test_pauses_double_up_to_the_longest_and_are_jittered():
    class Full:
        def uniform(self, low, high):
            assert (low, high) == (0.5, 1.0)
            return high

    patience = Patience(base_s=1, longest_s=5)
    assert [patience.pause_s(n, Full()) for n in (1, 2, 3, 4, 50)] == [1, 2, 4, 5, 5]


def test_a_gate_lets_nothing_through_before_its_time():
    gate = Gate()
    gate.shut_for(0.2)
    gate.shut_for(0.05)
    started = time.monotonic()
    gate.wait()
    assert time.monotonic() - started >= 0.2


def test_the_key_is_sent_and_never_said(stand_in, monkeypatch, caplog, capfd):
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv("P4IR_API_KEY", "sk-very-secret")
    answers = [
        (500, {}, b"you sent Bearer sk-very-secret"),
        b"no JSON: sk-very-secret",
        (400, {}, b'{"error": {"message": "Incorrect key: sk-very-secret"}}'),
    ]
    said = []
    for answer in [*answers, (401, {}, b"sk-very-secret"), (403, {}, b"sk-very-secret")]:
        server = stand_in(lambda body, n, answer=answer: answer)
        with pytest.raises(EndpointError) as error:
            ask(server.url)
        assert server.headers[0]["Authorization"] == "Bearer sk-very-secret"
        said.append(str(error.value) + repr(error.value))
    assert "the key in P4IR_API_KEY was refused" in said[-1]
    output = "".join(capfd.readouterr())
    assert "sk-very-secret" not in "".join([*said, caplog.text, output])


def test_the_key_of_openai_goes_to_openai_alone(stand_in, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-theirs")
    server = stand_in(lambda body, n: GOOD)
    assert ask(server.url) == "yes"
    assert "Authorization" not in server.headers[0]


@pytest.mark.parametrize("key", ["sk-\n-x", "ключ"])
def test_a_key_that_cannot_be_sent_is_refused_unsaid(monkeypatch, key):
    monkeypatch.setenv("P4IR_API_KEY", key)
    with pytest.raises(EndpointError, match="the key in P4IR_API_KEY holds") as error:
        Endpoint("http://localhost:8000/v1")
    assert key not in str(error.value)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("localhost:8000", "is none"),
        ("ftp://host/v1", "is none"),
        ("http://", "is none"),
        ("http://host:99999", "is none"),
        ("", "is none"),
        ("http://user:secret@host/v1", "hold no name or key"),
        ("http://host/v1?api-key=secret", "hold no name or key"),
    ],
)
def test_a_url_that_is_none_or_holds_a_key_is_refused(url, said):
    with pytest.raises(EndpointError, match=said) as error:
        Endpoint(url)
    assert "secret" not in str(error.value)


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("http://host:8000", "http://host:8000/v1"),
        ("http://host:8000/", "http://host:8000/v1"),
        ("http://host/api/v2/", "http://host/api/v2"),
    ],
)
def test_a_bare_host_gets_the_usual_path(given, used):
    assert Endpoint(given).url == used
