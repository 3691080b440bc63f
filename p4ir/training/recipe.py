"""Recipes: YAML files that say all there is to say about a training run.

A recipe is read into a frozen dataclass of its stage. Unknown keys are refused with
the nearest known name, and everything wrong is said at once. `trainer` is handed to
TRL's own configuration and checked against it, not declared again here.
"""

from __future__ import annotations

import dataclasses
import difflib
import re
import typing
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal, TypeVar

import yaml

from p4ir.corpus.prompts import ClauseNumber
from p4ir.errors import RecipeError
from p4ir.rules import NOTATIONS
from p4ir.training.hints import MISFIT, choices_of, fit, is_plain, name_of
from p4ir.training.limits import check_numbers

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class CorpusOptions:
    """Which clauses a run trains on and which it validates on."""

    path: str | None = None
    """Corpus file or folder; `bundled` names the few clauses that ship with the package."""
    validation_path: str | None = None
    """Corpus whose validation clauses are validated on, where that is another one."""
    also: list[str] = field(default_factory=list)
    """Further corpora whose training clauses are trained on too; they are not validated on."""
    columns: dict[str, str] = field(default_factory=dict)
    """Field of a record: name of its column in `path`, where it is not a known one."""
    train_split: str = "train"
    """Value of the split column that is trained on."""
    validation_split: str = "validation"
    """Value of the split column that is validated on; never trained on."""
    hold_out_documents: list[str] = field(default_factory=list)
    """Documents taken out of training; validation is then on these alone."""
    clause_number: ClauseNumber = "keep"
    """Whether the model sees the number at the head of a clause: keep or drop."""
    paraphrases: bool = False
    """Whether each rule is also trained from the record's paraphrase, where it has one."""
    recombined: int = 0
    """New pairs made from each training clause by exchanging names and numbers."""
    limit: int | None = None
    """At most this many training clauses, the first ones; all if absent."""


@dataclass(frozen=True, kw_only=True)
class ValidationOptions:
    """How the model is scored while it trains: rules are generated greedily and compared."""

    every: float = 1.0
    """Epochs (SFT) or steps (GRPO) between two validations."""
    limit: int | None = None
    """At most this many validation clauses, the first ones; all if absent."""
    max_new_tokens: int = 400
    """Longest completion, in tokens."""
    batch_size: int = 32
    """Clauses generated together."""
    metric: Literal["nted", "nlev"] = "nted"
    """Metric, a mean over clauses, lower is better, by which the best checkpoint is chosen."""
    keep: Literal["best", "last", "average"] = "best"
    """Which checkpoint the adapter is made of: the best, the last (for fair comparisons) or the
    average of all that `trainer.save_total_limit` leaves, one a validation."""


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """What the stages' recipes have in common."""

    model: str = "smollm2-135m"
    """Base model: a name of `p4ir model list`, a hub id, a path, or `tiny-random`."""
    adapter: str | None = None
    """Adapter to go on from, by path, name or alias; a new one, or the model, if absent."""
    notation: str = "outline"
    """Notation in which the model writes rules."""
    drafts: bool = False
    """Whether the model notes a draft before the rule (`p4ir.rules.draft`)."""
    corpus: CorpusOptions = field(default_factory=CorpusOptions)
    """Training and validation clauses."""
    lora: dict[str, Any] | None = None
    """Arguments of PEFT's LoraConfig; null trains all weights."""
    validation: ValidationOptions = field(default_factory=ValidationOptions)
    """Scoring during training."""
    trainer: dict[str, Any] = field(default_factory=dict)
    """Options of TRL's SFTConfig or GRPOConfig. `bf16: auto` asks the hardware."""
    seed: int = 0
    """Seed of initialization, order and sampling."""
    output: str | None = None
    """Run directory, new or empty; runs/NAME if absent."""


def recipe_names(stage: str) -> list[str]:
    """Return the names of the recipes that ship for a stage, such as `sft/cpu`."""
    folder = files("p4ir.recipes") / stage
    return sorted(f"{stage}/{f.name[:-5]}" for f in folder.iterdir() if f.name.endswith(".yaml"))


def load_recipe(
    kind: type[T],
    name: str,
    stage: str,
    settings: Sequence[str] = (),
    complete: Callable[[dict[str, Any], Sequence[str]], None] = lambda values, settings: None,
) -> T:
    """Read a recipe by name (`sft/cpu`) or path, with `key.sub=value` settings on top.

    `complete` may change what was read before the settings are applied to it.

    Raises:
        RecipeError: lists all that is wrong with it.
    """
    values = _read(name, stage)
    complete(values, settings)
    problems: list[str] = []
    for setting in settings:
        apply_setting(values, setting, problems)
    recipe = build(kind, values, problems)
    if isinstance(recipe, Recipe):
        # PEFT, and torch with it, is asked only about a recipe that is good so far.
        plain = check_numbers(dataclasses.asdict(recipe)) + _check_notation(recipe)
        problems += plain or _check_lora(recipe)
    if problems or recipe is None:
        raise RecipeError(f"recipe {name}: " + "; ".join(problems))
    return recipe


def build(
    kind: type[T], values: Mapping[str, Any], problems: list[str], where: str = ""
) -> T | None:
    """Make a dataclass of a mapping; append to `problems` what does not fit."""
    hints = typing.get_type_hints(kind)
    known = [f.name for f in dataclasses.fields(kind)]  # type: ignore[arg-type]
    arguments: dict[str, Any] = {}
    before = len(problems)
    for key, value in values.items():
        if key not in known:
            problems.append(f"unknown key {where}{key}{_nearest(str(key), known)}")
        elif dataclasses.is_dataclass(hints[key]) and isinstance(value, Mapping):
            arguments[key] = build(hints[key], value, problems, f"{where}{key}.")
        elif (fitting := fit(value, hints[key])) is MISFIT:
            problems.append(f"{where}{key} is {value!r}, expected {name_of(hints[key])}")
        else:
            arguments[key] = fitting
    return kind(**arguments) if len(problems) == before else None


def check_trainer(options: Mapping[str, Any], config: type, ours: Sequence[str]) -> list[str]:
    """Return what is wrong with TRL's options; `ours` are those that p4ir sets itself."""
    return _check_options("trainer", options, config, ours)


def to_yaml(recipe: Recipe) -> str:
    """Write a recipe, all defaults spelled out."""
    return yaml.safe_dump(dataclasses.asdict(recipe), sort_keys=False, allow_unicode=True)


def _check_notation(recipe: Recipe) -> list[str]:
    known = list(NOTATIONS)
    return [] if recipe.notation in known else [_unknown("notation", recipe.notation, known)]


def _check_lora(recipe: Recipe) -> list[str]:
    if not recipe.lora:
        return []
    from peft import LoraConfig

    return _check_options("lora", recipe.lora, LoraConfig, ("task_type",))


def _check_options(
    where: str, options: Mapping[str, Any], config: type, ours: Sequence[str]
) -> list[str]:
    """Return what is wrong with options for a library's own dataclass."""
    hints = typing.get_type_hints(config)
    known = [f.name for f in dataclasses.fields(config)]
    problems = []
    for key, value in options.items():
        name = f"{where}.{key}"
        if key in ours:
            problems.append(f"{name} is set by p4ir, see the other keys of the recipe")
        elif key not in known:
            problems.append(f"unknown key {name}{_nearest(str(key), known)}")
        elif choices := choices_of(hints[key]):
            if value not in choices:
                problems.append(_unknown(name, value, choices))
        elif value != "auto" and is_plain(hints[key]) and fit(value, hints[key]) is MISFIT:
            problems.append(f"{name} is {value!r}, expected {name_of(hints[key])}")
    return problems


class _Loader(yaml.SafeLoader):
    """A YAML loader that reads 1e-3 as a number, which YAML 1.1 does not."""


_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float",
    re.compile(r"[-+]?(\d+\.?\d*|\.\d+)[eE][-+]?\d+$"),
    list("-+.0123456789"),
)


def _read(name: str, stage: str) -> dict[str, Any]:
    path = Path(name)
    if path.suffix in (".yaml", ".yml") or path.is_file():
        source: Any = path
    elif name in recipe_names(stage):
        source = files("p4ir.recipes") / f"{name}.yaml"
    else:
        known = recipe_names(stage)
        raise RecipeError(
            f"no recipe {name!r}{_nearest(name, known)}; there are {', '.join(known)}, "
            "or give the path of a YAML file"
        )
    try:
        values = yaml.load(source.read_text(encoding="utf-8"), _Loader)
    except (OSError, UnicodeDecodeError) as error:
        raise RecipeError(f"cannot read recipe {name}: {error}") from None
    except yaml.YAMLError as error:
        raise RecipeError(f"recipe {name} is no YAML: {' '.join(str(error).split())}") from None
    if not isinstance(values, dict):
        raise RecipeError(f"recipe {name} holds no keys and values")
    return values


def apply_setting(values: dict[str, Any], setting: str, problems: list[str]) -> None:
    """Put `key.sub=value` into nested values; append to `problems` why it does not fit."""
    key, equals, text = setting.partition("=")
    *path, last = key.strip().split(".")
    if not equals or not all((*path, last)):
        problems.append(f"--set {setting}: expected key=value")
        return
    place = values
    for step in path:
        inner = place.setdefault(step, {})
        if inner is None:
            inner = place[step] = {}
        if not isinstance(inner, dict):
            problems.append(f"--set {setting}: {step} holds no keys")
            return
        place = inner
    try:
        place[last] = yaml.load(text, _Loader)
    except yaml.YAMLError:
        place[last] = text


def _unknown(key: str, value: Any, known: Sequence[str]) -> str:
    return f"{key} is {value!r}{_nearest(str(value), known)}; there are {', '.join(known)}"


def _nearest(name: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(name, known, 1)
    return f" (did you mean {near[0]}?)" if near else ""
