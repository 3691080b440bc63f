"""The engine that arguments ask for."""

from __future__ import annotations

import argparse
import hashlib
import sys
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from p4ir.cli.arguments import decoding, positive, seconds

if TYPE_CHECKING:
    from p4ir.corpus.records import Record
    from p4ir.endpoint.client import Kind
    from p4ir.endpoint.completions import Completions
    from p4ir.engines.engine import Engine
    from p4ir.inference.generation import Completion
    from p4ir.models import AdapterInfo

ENGINES = ("local", "openai", "ray", "server")
SHOTS = 4


def add_engine(parser: argparse.ArgumentParser) -> None:
    """Declare where the model runs."""
    parser.add_argument(
        "--engine",
        choices=ENGINES,
        default="local",
        help="where the model runs: here, at an OpenAI-compatible endpoint, on a Ray cluster, or "
        "at a server that `p4ir serve` runs (default: local)",
    )
    add_endpoint(parser.add_argument_group("with --engine openai or server"))
    endpoint = parser.add_argument_group("with --engine openai")
    endpoint.add_argument(
        "--examples",
        metavar="CORPUS",
        help="clauses with rules: show the model, which need not be tuned, the nearest of them",
    )
    endpoint.add_argument(
        "--shots", type=positive, metavar="K", default=SHOTS, help=f"how many (default: {SHOTS})"
    )
    ray = parser.add_argument_group("with --engine ray")
    ray.add_argument(
        "--workers", type=positive, metavar="N", default=2, help="workers (default: 2)"
    )
    ray.add_argument("--address", help="the cluster's (default: start one on this machine)")
    ray.add_argument(
        "--gpus", type=float, metavar="N", default=0, help="GPUs for each worker (default: 0)"
    )


def add_endpoint(parser: argparse._ActionsContainer) -> None:
    """Declare how to ask an endpoint."""
    parser.add_argument(
        "--endpoint",
        metavar="URL",
        help="the server's, such as http://localhost:8000/v1; its key is taken from P4IR_API_KEY, "
        "the token of p4ir serve from P4IR_TOKEN",
    )
    parser.add_argument(
        "--concurrency",
        type=positive,
        metavar="N",
        default=8,
        help="clauses asked for at the same time (default: 8)",
    )
    parser.add_argument(
        "--timeout",
        type=seconds,
        metavar="S",
        default=180.0,
        help="seconds to wait for an answer (default: 180)",
    )


def make_engine(args: argparse.Namespace) -> Engine:
    """Return the engine, ready to work; says on stderr what it is.

    Raises:
        P4irError: a model, an adapter, an endpoint or a cluster is not to be had.
    """
    from p4ir.errors import EndpointError

    if args.engine == "openai":
        if args.consensus > 1:
            raise EndpointError("--consensus: an endpoint writes one rule for each clause")
        if args.beams:
            raise EndpointError("--beams: an endpoint searches as its server does; leave it out")
        return _openai(args)
    if args.engine == "server":
        return _server(args)
    from p4ir.cli.terminal import announce
    from p4ir.inference.interpreter import Interpreter

    make = partial(
        Interpreter, args.model, args.adapter, batch_size=args.batch_size, **decoding(args)
    )
    if args.engine == "ray":
        from p4ir.engines.ray import RayEngine
        from p4ir.inference.choosing import choose_writer

        writer, chosen = choose_writer(args.model, args.adapter), decoding(args)
        engine = RayEngine(
            make,
            model=writer.model,
            info=writer.info,
            constrained=chosen["constrained"],
            beams=chosen["beams"],
            consensus=chosen["consensus"],
            workers=args.workers,
            batch_size=args.batch_size,
            address=args.address,
            gpus=args.gpus,
        )
        announce(engine)
        return engine
    from p4ir.engines.local import LocalEngine

    interpreter = make()
    announce(interpreter)
    return LocalEngine(interpreter)


def _server(args: argparse.Namespace) -> Engine:
    from p4ir.cli.terminal import announce
    from p4ir.endpoint.client import P4IR
    from p4ir.engines.local import LocalEngine
    from p4ir.errors import ModelError
    from p4ir.serve.client import ServedInterpreter

    settings = (
        args.model, args.adapter, args.unconstrained, args.beams, args.consensus, args.runtime
    )  # fmt: skip
    if settings != (None, "default", False, None, 1, "auto"):
        raise ModelError(
            "--engine server: the server has its own model and says itself how it writes; leave "
            "out --adapter, --model, --beams, --consensus, --runtime and --unconstrained"
        )
    served = ServedInterpreter(
        _endpoint_url(args, P4IR), batch_size=args.batch_size, timeout_s=args.timeout
    )
    announce(served)
    return LocalEngine(served)


def read_examples(path: str) -> Sequence[Record]:
    """Return the clauses with rules that a model is shown.

    Raises:
        CorpusError: they cannot be read.
    """
    from p4ir.corpus.reading import read_corpus

    return read_corpus(path, how="rename that column in the examples")


def few_shot_engine(args: argparse.Namespace, examples: Sequence[Record]) -> Engine:
    """Return an engine that shows a general model the examples nearest to each clause."""
    from p4ir.corpus.writing import format_jsonl
    from p4ir.endpoint.prompts import few_shot_messages, read_answer
    from p4ir.evaluation.baselines import NearestClauses

    index = NearestClauses(examples)

    def ask(completions: Completions, clause: str) -> Completion:
        near = [e for e in index.nearest(clause, args.shots + 1) if e.clause != clause]
        return read_answer(completions.chat(few_shot_messages(clause, near[: args.shots])))

    shown = hashlib.sha256(format_jsonl(examples).encode()).hexdigest()
    return _ask_endpoint(args, ask, f", {args.shots} shots", None, "lrml", examples_sha256=shown)


def _openai(args: argparse.Namespace) -> Engine:
    if args.examples:
        return few_shot_engine(args, read_examples(args.examples))
    from p4ir.corpus.prompts import ClauseNumber, make_prompt
    from p4ir.inference.choosing import choose_adapter
    from p4ir.rules.grammar import WITH_GRAMMAR, grammar_of

    # Its prompt and notation are gone by; --model is the endpoint's own name.
    info = choose_adapter(args.adapter, None)
    notation = (info.notation if info else None) or "outline"
    held = notation in WITH_GRAMMAR and not args.unconstrained
    grammar = grammar_of(notation).text if held else None
    said = info.details.get("clause_number") if info else None
    clause_number: ClauseNumber = "drop" if said == "drop" else "keep"

    def ask(completions: Completions, clause: str) -> Completion:
        return completions.complete(make_prompt(clause, clause_number))

    return _ask_endpoint(args, ask, "", info, notation, grammar)


def _ask_endpoint(
    args: argparse.Namespace,
    ask: Callable[[Completions, str], Completion],
    how: str,
    info: AdapterInfo | None,
    notation: str,
    grammar: str | None = None,
    examples_sha256: str | None = None,
) -> Engine:
    from p4ir.endpoint.client import OPENAI, Endpoint
    from p4ir.endpoint.completions import Completions
    from p4ir.endpoint.features import find_features
    from p4ir.engines.openai import OpenAIEngine
    from p4ir.errors import EndpointError

    url = _endpoint_url(args, OPENAI)
    endpoint = Endpoint(url, timeout_s=args.timeout, connections=args.concurrency)
    features = find_features(endpoint)
    try:
        model = features.choose(args.model, endpoint.url)
    except EndpointError as error:
        raise EndpointError(f"--model NAME: {error}") from None
    completions = Completions(endpoint, features, model, grammar=grammar)
    print(f"p4ir: {model} at {endpoint.url}{how}; drafts for expert review", file=sys.stderr)
    return OpenAIEngine(
        endpoint,
        partial(ask, completions),
        model=model + how,
        info=info,
        notation=notation,
        concurrency=args.concurrency,
        constrained=bool(grammar and features.enforce(grammar)),
        examples_sha256=examples_sha256,
    )


def _endpoint_url(args: argparse.Namespace, kind: Kind) -> str:
    from p4ir.errors import EndpointError

    if not args.endpoint:
        raise EndpointError(f"--endpoint: give the URL, such as {kind.example}")
    # It may hold a key, and so is not repeated.
    if "://" not in args.endpoint:
        raise EndpointError(f"--endpoint: http:// is missing; give a URL such as {kind.example}")
    return str(args.endpoint)
