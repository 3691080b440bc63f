"""Methods of stage two on the same footing: same start, seeds, budget and evaluation.

The budget is the number of completions that are sampled, each of at most
`trainer.max_completion_length` tokens: a method that learns from a rollout several times
gets as many more optimizer steps. Each trial ends with its last checkpoint, so that none
gains by choosing among many, and all are scored as `p4ir evaluate` does it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from p4ir.corpus.records import Record
from p4ir.corpus.writing import write_text
from p4ir.errors import RecipeError, TrainingError
from p4ir.evaluation import figures
from p4ir.evaluation.blocks import Cell, Table
from p4ir.evaluation.compare import Comparison, Pair, ScoredSystem, compare
from p4ir.evaluation.markdown import markdown_table
from p4ir.evaluation.systems import Answers, align, read_predictions
from p4ir.grpo.config import GrpoRecipe, check_prompts, load
from p4ir.grpo.methods import METHODS, check_known
from p4ir.grpo.trial import Trial
from p4ir.metrics.significance import Interval
from p4ir.training.data import load_clauses
from p4ir.training.recipe import to_yaml

START = "start"
"""What the trial without training is called."""
PLAIN = "recipe"
"""What the recipe as it stands, without any method, is called."""
_SHOWN = ("nted", "nlev", "lrml_f1", "valid")
_COST = ("steps", "tokens", "minutes", "peak MB")
_FIXED = {
    "method": "it differs between trials; give --methods",
    "seed": "it differs between trials; give --seeds",
    "output": "it differs between trials; give --output",
    "guard": "the guard, which could stop one trial and not another, is off in a comparison",
    "patience": "each trial takes all its steps in a comparison",
    "validation.keep": "of each trial the last checkpoint is compared",
}
"""Keys of a recipe that are not to be set for all trials, and why."""


def plan(
    name: str, methods: Sequence[str], seeds: Sequence[int], settings: Sequence[str], output: Path
) -> list[Trial]:
    """Return the trials of a comparison, the one without training first.

    Args:
        name: A recipe of stage two, by name or path, with `trainer.max_steps`.
        methods: Methods, several joined by `+`; `recipe` is the recipe as it stands.
        seeds: Of each method's trials.
        settings: `key.sub=value`, for all alike.
        output: Folder of the comparison.

    Raises:
        RecipeError: the recipe, or what a method makes of it, does not do.
        CorpusError: a corpus cannot be read.
    """
    _check_request(methods, seeds, settings)
    plain = load(name, settings)
    if plain.trainer.get("max_steps", -1) < 1:
        raise RecipeError(f"recipe {name}: a budget is needed: set trainer.max_steps")
    count = len(load_clauses(plain.corpus)[0])
    clauses = plain.validation.limit
    start = replace(plain, trainer=plain.trainer | {"max_steps": 0})
    trials = [Trial(START, plain.seed, start, output / START, clauses)]
    for method in methods:
        for seed in seeds:
            folder = output / f"{method}-{seed}"
            recipe = _recipe(name, method, settings, plain)
            check_prompts(recipe.trainer, count)
            recipe = replace(recipe, seed=seed, output=str(folder / "run"))
            trials.append(Trial(method, seed, recipe, folder, clauses))
    return trials


def _check_request(methods: Sequence[str], seeds: Sequence[int], settings: Sequence[str]) -> None:
    """Refuse what can be told to be wrong before the recipe is read, which takes seconds."""
    check_known([name for each in methods for name in each.split("+")], (PLAIN, *METHODS))
    for what, given in (("method", methods), ("seed", seeds)):
        if twice := [each for each in given if list(given).count(each) > 1]:
            raise RecipeError(f"{what} {twice[0]} is named twice")
    for key in (setting.partition("=")[0].strip() for setting in settings):
        for fixed, why in _FIXED.items():
            if f"{key}.".startswith(f"{fixed}."):
                raise RecipeError(f"--set {key}: {why}")


def _recipe(name: str, method: str, settings: Sequence[str], plain: GrpoRecipe) -> GrpoRecipe:
    """Return the recipe of a method, of the same budget as the recipe as it stands.

    Validation while it trains is there for the checkpoints alone. The guard could stop one
    trial and not another, and is off: what comes out cannot be exported.
    """
    chosen = [] if method == PLAIN else [f"method=[{', '.join(method.split('+'))}]"]
    try:
        recipe = load(name, [*chosen, *settings])
    except RecipeError as error:
        raise RecipeError(f"method {method}: {error}") from None
    uses, before = (int(each.trainer.get("num_iterations") or 1) for each in (recipe, plain))
    steps = -(-plain.trainer["max_steps"] * uses // before)
    return replace(
        recipe,
        trainer=recipe.trainer | {"max_steps": steps},
        validation=replace(recipe.validation, keep="last", limit=1),
        guard=replace(recipe.guard, enabled=False),
        patience=None,
    )


def run(trials: Sequence[Trial], output: Path, tell: Callable[[str], None]) -> None:
    """Run the trials that are not done yet, one after the other.

    Args:
        trials: As `plan` returns them.
        output: Folder of the comparison.
        tell: Called with a line about each trial.

    Raises:
        TrainingError: a trial failed, or the folder holds one by another recipe.
        OutputError: the folder cannot be written.
    """
    _check_recipes(trials, output / "recipes.json")
    for number, trial in enumerate(trials, 1):
        what = f"{trial.name}, seed {trial.seed} ({number} of {len(trials)})"
        tell(f"{what}: {'done' if trial.is_done else 'running'}")
        if not trial.is_done:
            trial.run()


def _check_recipes(trials: Sequence[Trial], path: Path) -> None:
    """Refuse to mix trials of other recipes; remember those of these."""
    known: dict[str, str] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    ours = {trial.folder.name: to_yaml(trial.recipe) for trial in trials}
    if other := [name for name, recipe in ours.items() if known.get(name, recipe) != recipe]:
        raise TrainingError(
            f"{path.parent} holds {', '.join(other)} by another recipe: call it with the same "
            "settings, or give another folder by --output"
        )
    write_text(path, json.dumps(known | ours, indent=1) + "\n")


def compare_trials(trials: Sequence[Trial], seed: int = 0) -> Comparison:
    """Score the trials; the first method is what the others are compared with.

    Clauses are drawn by document, all seeds of a clause together; where the corpus names no
    documents, by clause.
    """
    records = load_clauses(trials[0].recipe.corpus)[1][: trials[0].clauses]
    names = list(dict.fromkeys(trial.name for trial in trials))
    seeds = max(sum(trial.name == name for trial in trials) for name in names)
    answers = [
        _repeated([t for t in trials if t.name == name], records, seeds, name) for name in names
    ]
    own = [replace(record, document=record.document or f"clause {record.id}") for record in records]
    # The method that is named first is what the others, and the start, are compared with.
    order = [*answers[1:2], answers[0], *answers[2:]]
    return compare(own * seeds, order, rng=np.random.default_rng(seed))


def _repeated(trials: Sequence[Trial], records: Sequence[Record], seeds: int, name: str) -> Answers:
    """Return the answers of all seeds, one seed after the other."""
    found = [align(read_predictions(trial.predictions), records) for trial in trials]
    found *= seeds // len(found)
    return Answers(
        name=name,
        texts=tuple(text for each in found for text in each.texts),
        confidences=tuple(value for each in found for value in each.confidences),
    )


def write_table(trials: Sequence[Trial], comparison: Comparison, output: Path) -> str:
    """Write `comparison.md` and return it: means, then paired differences and cost."""
    pairs = {pair.second.name: pair for pair in comparison.pairs}
    first, *others = (system.name for system in comparison.systems)
    means = [_means(system) for system in comparison.systems]
    costs = [
        (Cell(name), *_difference(pairs.get(name)), *_cost([t for t in trials if t.name == name]))
        for name in (first, *others)
    ]
    # Two tables, each of which an 80-column terminal has room for.
    tables = (
        Table(("method", *map(figures.label, _SHOWN)), tuple(means)),
        Table(("method", f"nTED less {first}'s", "p", *_COST), tuple(costs)),
    )
    text = "\n\n".join((*map(markdown_table, tables), _note(trials, comparison))) + "\n"
    write_text(output / "comparison.md", text)
    return text


def _note(trials: Sequence[Trial], comparison: Comparison) -> str:
    seeds = sorted({trial.seed for trial in trials[1:]})
    note = (
        f"{len(comparison.records) // len(seeds)} clauses, seeds {', '.join(map(str, seeds))}; "
        "means with 95% intervals; differences paired by clause, documents drawn together; p: "
        "Wilcoxon, adjusted for the number of comparisons and metrics (Holm). Cost is that of "
        "the mean seed."
    )
    if len(seeds) > 1:
        note += " The p values, unlike the intervals, take the seeds of a clause as independent."
    return note


def _means(system: ScoredSystem) -> tuple[Cell, ...]:
    found = [(metric, system.means[metric]) for metric in _SHOWN]
    cells = [Cell(figures.number(m, mean.mean), figures.ends(m, mean)) for m, mean in found]
    return Cell(system.name), *cells


def _difference(pair: Pair | None) -> tuple[Cell, Cell]:
    """Return how a method's nTED differs from the first's, and p; the first has none."""
    if pair is None:
        return Cell("–"), Cell("–")
    found = next(each for each in pair.metrics if each.metric == "nted")
    paired = found.paired
    interval = Interval(paired.difference, paired.n, paired.low, paired.high)
    ends = figures.ends("nted", interval, True)
    difference = figures.number("nted", paired.difference, True)
    return Cell(difference, ends), Cell(figures.p_value(found.adjusted_p))


def _cost(trials: Sequence[Trial]) -> list[Cell]:
    costs = [cost for trial in trials if (cost := trial.cost())]
    if not costs:
        return [Cell("–")] * len(_COST)
    n = len(costs)
    return [
        Cell(f"{sum(c.steps for c in costs) / n:.0f}"),
        Cell(f"{sum(c.tokens for c in costs) / n:,.0f}"),
        Cell(f"{sum(c.seconds for c in costs) / n / 60:.1f}"),
        Cell(f"{sum(c.peak_mb for c in costs) / n:,.0f}"),
    ]
