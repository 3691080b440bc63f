"""What an endpoint is and which models it has, as far as it says so."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from p4ir.endpoint.client import Endpoint
from p4ir.errors import EndpointError

_STRUCTURED_OUTPUTS_SINCE = (0, 11)
"""The version of vLLM that called its option so."""


@dataclass(frozen=True)
class Features:
    """What an endpoint offers."""

    models: tuple[str, ...] = ()
    """Names of its models; empty if it does not tell."""
    vllm: tuple[int, ...] | None = None
    """Version of vLLM; `None` if it is something else."""

    def enforce(self, grammar: str) -> dict[str, Any]:
        """Return the options that make completions follow a grammar; none if it cannot."""
        if self.vllm is None:
            return {}
        if self.vllm >= _STRUCTURED_OUTPUTS_SINCE:
            return {"structured_outputs": {"grammar": grammar}}
        return {"guided_grammar": grammar}

    def choose(self, model: str | None, url: str) -> str:
        """Return the model to ask: the one that was named, or the only one.

        Raises:
            EndpointError: there is none of that name, or several to choose from.
        """
        there = ", ".join(self.models[:10]) + (", …" if len(self.models) > 10 else "")
        if model is None:
            if len(self.models) == 1:
                return self.models[0]
            raise EndpointError(f"{url}: name the model; there are {there or 'none listed'}")
        if self.models and model not in self.models:
            near = difflib.get_close_matches(model, self.models, 1)
            hint = f" (did you mean {near[0]!r}?)" if near else ""
            raise EndpointError(f"{url}: has no model {model!r}; there are {there}{hint}")
        return model


def find_features(endpoint: Endpoint) -> Features:
    """Ask an endpoint what it is.

    Raises:
        EndpointError: it cannot be reached or refuses the key.
    """
    try:
        models, owners = endpoint.get("models", _read_models)
    except EndpointError as error:
        if "HTTP 404" not in str(error) and error.scope != "request":
            raise
        return Features()  # not every server lists its models
    if "vllm" not in owners:
        return Features(models)
    try:
        return Features(models, endpoint.get("/version", _read_version))
    except EndpointError:
        return Features(models, _STRUCTURED_OUTPUTS_SINCE)


def _read_models(answer: Mapping[str, Any]) -> tuple[tuple[str, ...], set[str]]:
    data = answer["data"]
    return tuple(str(each["id"]) for each in data), {str(each.get("owned_by")) for each in data}


def _read_version(answer: Mapping[str, Any]) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", str(answer["version"]))[:2])
