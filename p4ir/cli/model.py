"""`p4ir model pull|list|info|export|average|transfer|sign`: base models and adapters."""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Any

from p4ir.cli.arguments import add_model

if TYPE_CHECKING:
    from p4ir.models.adapters import AdapterInfo

HELP = "Base models and adapters: fetch, list, describe, merge, average, add up, sign off."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's arguments."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    pull = actions.add_parser("pull", help="fetch a base model once, to work offline afterwards")
    pull.add_argument("name", nargs="?", help="name in the catalogue (default: smollm2-135m)")
    pull.add_argument("--wheel", metavar="FILE", help="a wheel already downloaded; no network")
    pull.add_argument("--again", action="store_true", help="fetch even if it is there")
    listing = actions.add_parser("list", help="base models and adapters that there are")
    listing.add_argument("--json", action="store_true", help="write JSON")
    info = actions.add_parser("info", help="say what a model or an adapter is")
    info.add_argument(
        "name", nargs="?", help="base model, adapter or export: name, alias or folder"
    )
    info.add_argument("--json", action="store_true", help="write JSON")
    export = actions.add_parser("export", help="write a model with its adapter merged")
    export.add_argument("output", metavar="DIR", help="folder to make")
    add_model(export)
    export.add_argument(
        "--dtype",
        choices=("float32", "bfloat16", "float16"),
        default="float32",
        help="type of the weights (default: float32)",
    )
    mean = actions.add_parser("average", help="write the average of adapters of one descent")
    mean.add_argument("output", metavar="DIR", help="folder to make")
    mean.add_argument("adapters", metavar="ADAPTER", nargs="+", help="name, alias or folder")
    added = actions.add_parser("transfer", help="write an adapter with what a run taught another")
    added.add_argument("output", metavar="DIR", help="folder to make")
    added.add_argument("--onto", required=True, metavar="ADAPTER", help="what it is added to")
    added.add_argument("--start", required=True, metavar="ADAPTER", help="what the run began with")
    added.add_argument("--end", required=True, metavar="ADAPTER", help="what came out of the run")
    added.add_argument(
        "--scale", type=float, default=1.0, metavar="X", help="of the difference (default: 1)"
    )
    sign = actions.add_parser("sign", help="have the guard look at an adapter of stage two")
    sign.add_argument("adapter", metavar="ADAPTER", help="folder; guard.json is written there")
    sign.add_argument("--start", required=True, metavar="ADAPTER", help="what it was trained from")
    sign.add_argument("--recipe", default="grpo/cpu", help="recipe with the guard's limits")
    sign.add_argument(
        "--corpus", required=True, metavar="CORPUS", help="clauses that it was trained on"
    )


def run(args: argparse.Namespace) -> int:
    """Run one of the actions."""
    if args.action == "pull":
        from p4ir.models.catalogue import DEFAULT
        from p4ir.models.pull import pull

        print(pull(args.name or DEFAULT, wheel=args.wheel, again=args.again))
    elif args.action == "list":
        _list(args.json)
    elif args.action == "export":
        _export(args)
    elif args.action == "average":
        _average(args)
    elif args.action == "transfer":
        _transfer(args)
    elif args.action == "sign":
        return _sign(args)
    else:
        _info(args.name, args.json)
    return 0


def _export(args: argparse.Namespace) -> None:
    from p4ir.inference.choosing import choose_adapter
    from p4ir.models.catalogue import DEFAULT
    from p4ir.models.export import export

    adapter = choose_adapter(args.adapter, args.model)
    base = args.model or (adapter.base if adapter else DEFAULT)
    export(Path(args.output), adapter, base, args.dtype)
    print(f"p4ir: {base} with {adapter.name if adapter else 'no adapter'} in {args.output}")


def _average(args: argparse.Namespace) -> None:
    from p4ir.models.adapters import find_adapter
    from p4ir.models.arithmetic import average

    average(Path(args.output), [find_adapter(name) for name in args.adapters])
    print(f"p4ir: the average of {len(args.adapters)} adapters in {args.output}")


def _transfer(args: argparse.Namespace) -> None:
    from p4ir.models.adapters import find_adapter
    from p4ir.models.arithmetic import transfer

    onto, start, end = map(find_adapter, (args.onto, args.start, args.end))
    kept = transfer(Path(args.output), onto, start, end, args.scale)
    print(
        f"p4ir: {onto.name} + {args.scale:g} × ({end.name} − {start.name}) in {args.output}; "
        f"rank {onto.rank} keeps {kept:.1%} of it"
    )


def _sign(args: argparse.Namespace) -> int:
    from p4ir.corpus.reading import read_corpus
    from p4ir.grpo.config import load
    from p4ir.grpo.guard.afterwards import sign_afterwards
    from p4ir.models.adapters import find_adapter

    recipe = load(args.recipe, [f"corpus.path={args.corpus}"])
    report, section = sign_afterwards(
        find_adapter(args.adapter), find_adapter(args.start), read_corpus(args.corpus), recipe
    )
    print(section)
    return 1 if report.refusals else 0


def _list(as_json: bool) -> None:
    from p4ir.models.adapters import default_adapter, list_adapters
    from p4ir.models.catalogue import CATALOGUE

    bases = [_describe_base(name) for name in CATALOGUE]
    adapters = [_describe_adapter(info) for info in list_adapters()]
    if as_json:
        print(json.dumps({"base_models": bases, "adapters": adapters}, indent=2))
        return
    default = default_adapter()
    rows = [["BASE MODEL", "", "LICENCE", "SIZE"]]
    for base in bases:
        state = _size(base["size_bytes"]) if base["cached"] else "not fetched yet"
        rows.append([base["name"], base["title"], base["licence"], state])
    _print_table(rows)
    print()
    rows = [["ADAPTER", "BASE MODEL", "NOTATION", "LICENCE", "SIZE"]]
    for adapter in adapters:
        mark = " *" if adapter["name"] == default else ""
        known = [adapter[key] or "?" for key in ("base", "notation", "licence")]
        rows.append([adapter["name"] + mark, *known, _size(adapter["size_bytes"])])
    _print_table(rows)
    print("* used where none is named" if default else "no adapters; train one with p4ir train")


def _info(name: str | None, as_json: bool) -> None:
    from p4ir.models.catalogue import DEFAULT

    known = _describe(name or DEFAULT)
    if as_json:
        print(json.dumps(known, indent=2))
        return
    width = max(map(len, known)) + 2
    for key, value in known.items():
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        lines = textwrap.wrap(text, max(_columns() - width, 20)) or [""]
        print(f"{key:<{width}}" + ("\n" + " " * width).join(lines))


def _describe(name: str) -> dict[str, Any]:
    """Return what is known of a base model, an adapter or the folder of a whole model.

    Raises:
        ModelError: there is none of that name, or its folder is damaged.
    """
    from p4ir.errors import ModelError
    from p4ir.inference.choosing import is_whole_model
    from p4ir.models.adapters import find_adapter
    from p4ir.models.catalogue import CATALOGUE

    if name in CATALOGUE:
        return _describe_base(name)
    if is_whole_model(folder := Path(name).expanduser()):
        return _describe_whole(folder)
    try:
        return _describe_adapter(find_adapter(name))
    except ModelError as error:
        raise ModelError(f"{error}; base models: {', '.join(CATALOGUE)}") from None


def _describe_base(name: str) -> dict[str, Any]:
    from p4ir.models.catalogue import CATALOGUE, read_manifest

    model = CATALOGUE[name]
    manifest = read_manifest(model.folder)
    return {
        "name": name,
        "kind": "base model",
        "title": model.title,
        "licence": model.licence,
        "parameters": model.parameters,
        "source": f"{model.package}=={model.version}",
        "wheel_sha256": model.wheel_sha256,
        "cached": manifest is not None,
        "folder": str(model.folder),
        "size_bytes": sum(manifest["files"].values()) if manifest else None,
    }


def _describe_adapter(info: AdapterInfo) -> dict[str, Any]:
    return {
        "name": info.name,
        "kind": "adapter",
        "base": info.base,
        "notation": info.notation,
        "prompt": info.prompt,
        "licence": info.licence,
        "rank": info.rank,
        "folder": str(info.folder),
        "size_bytes": info.size_bytes,
        **info.details,
    }


def _describe_whole(folder: Path) -> dict[str, Any]:
    """Return what a folder with all weights says of itself, as `p4ir model export` writes it."""
    from p4ir.models.adapters import name_of
    from p4ir.models.signoff import read_report
    from p4ir.models.terms import read_said

    about = dict.fromkeys(("base", "adapter", "notation", "licence")) | read_said(folder)
    report = read_report(folder)
    signed = {"guard": report.get("verdict"), "weights_sha256": report.get("weights_sha256")}
    return {
        "name": name_of(folder),
        "kind": "whole model",
        **about,
        "folder": str(folder),
        "size_bytes": sum(file.stat().st_size for file in folder.glob("*.safetensors")),
        **(signed if report else {}),
    }


def _print_table(rows: list[list[str]]) -> None:
    """Print rows as columns; the widest column gives way where the terminal is narrow."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    excess = sum(widths) + 2 * (len(widths) - 1) - _columns()
    if excess > 0:
        widest = widths.index(max(widths))
        widths[widest] = max(widths[widest] - excess, 10)
    for row in rows:
        cells = [
            text if len(text) <= width else text[: width - 1] + "…"
            for text, width in zip(row, widths, strict=True)
        ]
        print("  ".join(f"{c:<{w}}" for c, w in zip(cells, widths, strict=True)).rstrip())


def _columns() -> int:
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else 80


def _size(size_bytes: int) -> str:
    return f"{size_bytes / 1e6:.0f} MB" if size_bytes >= 1e6 else f"{size_bytes / 1e3:.0f} kB"
