"""A stand-in for an OpenAI-compatible server, on a socket of its own."""

import json
import threading
import time
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

RULE = "if(exist(door)),then(obligation(has(door,handle)))"


class StandIn:
    """Answers as a function of the request's body says; keeps what it was asked.

    `answer(body, n)` gets the parsed body and the number of the request, from 0, and
    returns a dict (JSON of a good answer), bytes (as they are), or a tuple
    (status, headers, bytes).
    """

    def __init__(self, answer=None, models=("tuned",), owner="somebody", version=None):
        self.answer = answer or (lambda body, n: completion(body, RULE))
        self.models, self.owner, self.version = models, owner, version
        self.health = None
        self.bodies, self.headers, self.times = [], [], []
        self.at_once = self.most_at_once = 0
        self._lock = threading.Lock()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                if self.path == "/v1/models" and outer.models is not None:
                    data = [{"id": name, "owned_by": outer.owner} for name in outer.models]
                    outer.send(self, {"data": data})
                elif self.path == "/healthz" and outer.health:
                    outer.send(self, outer.health)
                elif self.path == "/version" and outer.version:
                    outer.send(self, {"version": outer.version})
                else:
                    outer.send(self, (404, {}, b"none"))

            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                outer.take(self, body)

            def log_message(self, *arguments):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def take(self, handler, body):
        with self._lock:
            number = len(self.bodies)
            self.bodies.append({"path": handler.path, **body})
            self.headers.append(dict(handler.headers))
            self.times.append(time.monotonic())
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            self.send(handler, self.answer(body, number))
        finally:
            with self._lock:
                self.at_once -= 1

    def send(self, handler, answer):
        if isinstance(answer, dict):
            answer = json.dumps(answer).encode()
        status, headers, data = answer if isinstance(answer, tuple) else (200, {}, answer)
        with suppress(ConnectionError):
            handler.send_response(status)
            for name, value in {"Content-Length": str(len(data)), **headers}.items():
                handler.send_header(name, value)
            handler.end_headers()
            handler.wfile.write(data)

    def close(self):
        self._server.shutdown()
        self._server.server_close()


def completion(body, text, logprob=-0.1, reason="stop"):
    """Return a good answer, in the form of the API that was asked."""
    tokens = [text[start : start + 3] for start in range(0, len(text), 3)]
    if "messages" in body:
        content = [{"token": token, "logprob": logprob} for token in tokens]
        message = {"role": "assistant", "content": text}
        choice = {"message": message, "logprobs": {"content": content}}
    else:
        values = [logprob] * len(tokens)
        choice = {"text": text, "logprobs": {"tokens": tokens, "token_logprobs": values}}
    return {"choices": [{"index": 0, "finish_reason": reason, **choice}]}


def clause_of(body):
    """Return the clause that a request is about."""
    return body["messages"][-1]["content"] if "messages" in body else body["prompt"].strip()
