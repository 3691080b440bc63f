"""Completions from an endpoint, as the local models give them, with token probabilities.

Servers differ in which options they take. One that an endpoint refuses by name is left
out, or called by its other name, from then on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from p4ir.endpoint.client import Endpoint
from p4ir.endpoint.features import Features
from p4ir.errors import EndpointError
from p4ir.inference.generation import Completion

Message = dict[str, str]

_RENAMED = {"max_tokens": "max_completion_tokens"}
_DISPENSABLE = ("temperature", "logprobs", "structured_outputs", "guided_grammar")


class Completions:
    """What a model at an endpoint writes, greedily.

    Args:
        endpoint: The server.
        features: What it is and can do.
        model: The model's name there.
        max_new_tokens: Longest completion, in tokens.
        grammar: Grammar that every completion has to follow, where the server offers it.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        features: Features,
        model: str,
        *,
        max_new_tokens: int = 512,
        grammar: str | None = None,
    ) -> None:
        self.endpoint, self.model = endpoint, model
        self._options: dict[str, Any] = {"temperature": 0, "max_tokens": max_new_tokens}
        self._options |= features.enforce(grammar) if grammar else {}

    def complete(self, prompt: str) -> Completion:
        """Return what the model writes after a prompt."""
        return self._ask("completions", {"prompt": prompt, "logprobs": 1})

    def chat(self, messages: Sequence[Message]) -> Completion:
        """Return the model's answer to a conversation."""
        return self._ask("chat/completions", {"messages": list(messages), "logprobs": True})

    def _ask(self, path: str, request: Mapping[str, Any]) -> Completion:
        for _ in range(len(_DISPENSABLE) + len(_RENAMED)):
            options = self._options
            body = {"model": self.model, **request, **options}
            body = {name: value for name, value in body.items() if value is not None}
            try:
                return self.endpoint.post(path, body, _read)
            except EndpointError as error:
                if error.scope != "request" or not self._adapt(str(error), body):
                    raise
        return self.endpoint.post(path, body, _read)

    def _adapt(self, complaint: str, body: Mapping[str, Any]) -> bool:
        """Do without what a complaint names; say whether the request is worth repeating."""
        for name, other in _RENAMED.items():
            if other in complaint and name in body:
                self._options = {**self._options, name: None, other: body[name]}
                return True
        for name in _DISPENSABLE:
            if name in complaint and name in body:
                self._options = {**self._options, name: None}
                return True
        return False


def trim(completion: Completion, start: int, end: int) -> Completion:
    """Return a part of a completion, with the tokens that touch it."""
    kept = [
        (logprob, (max(first, start) - start, min(last, end) - start))
        for logprob, (first, last) in zip(completion.logprobs, completion.spans, strict=True)
        if first < end and last > start
    ]
    return completion._replace(
        text=completion.text[start:end],
        logprobs=tuple(logprob for logprob, _ in kept),
        spans=tuple(span for _, span in kept),
    )


def _read(answer: dict[str, Any]) -> Completion:
    choice = answer["choices"][0]
    # A chat model that refuses to answer gives no content.
    text = choice["message"].get("content") or "" if "message" in choice else choice["text"]
    if not isinstance(text, str):
        raise TypeError("the text is none")
    end: Literal["finished", "length"] = (
        "length" if choice.get("finish_reason") == "length" else "finished"
    )
    tokens = _tokens(choice)
    if "".join(token for token, _ in tokens) != text:
        tokens = []  # half characters, or tokens that are not shown
    spans, start = [], 0
    for token, _ in tokens:
        spans.append((start, start + len(token)))
        start += len(token)
    return Completion(text, tuple(logprob for _, logprob in tokens), tuple(spans), end)


def _tokens(choice: Mapping[str, Any]) -> list[tuple[str, float]]:
    """Return tokens with their log-probabilities, from either API's form; none if in neither."""
    try:
        said = choice["logprobs"]
        if "content" in said:
            pairs = [(each["token"], each["logprob"]) for each in said["content"]]
        else:
            pairs = list(zip(said["tokens"], said["token_logprobs"], strict=True))
        return [(token, min(0.0, float(logprob))) for token, logprob in pairs]
    except (LookupError, TypeError, ValueError):
        return []
