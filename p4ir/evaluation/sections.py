"""The sections of a report of systems, each a list of blocks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from p4ir.counting import counted
from p4ir.evaluation import figures
from p4ir.evaluation.blocks import (
    Block,
    Bullets,
    Card,
    Cell,
    Figure,
    Heading,
    MarkKey,
    Paragraph,
    Table,
    Tone,
)
from p4ir.evaluation.compare import (
    COMPARED,
    LOWER_IS_BETTER,
    Comparison,
    MetricComparison,
    Pair,
    ScoredSystem,
    most_changed,
)
from p4ir.evaluation.plots import Series, plot_changes, plot_kinds, plot_means
from p4ir.evaluation.summary import basis
from p4ir.evaluation.trees import prediction_view, reference_view
from p4ir.metrics.false_positives import sum_false_positives
from p4ir.metrics.scoring import SHARES
from p4ir.rules.kinds import KINDS

PLOTTED = ("nted", "nlev", "lrml_f1", "exact", "valid", "false_positives")


def summary(comparison: Comparison) -> Iterator[Block]:
    """In short: which differences are shown."""
    if comparison.pairs:
        yield Heading("In short")
        yield Bullets(tuple(_in_short(pair) for pair in comparison.pairs))


def notes(comparison: Comparison) -> Iterator[Block]:
    """Say what the figures rest on, and every id that is missing or does not count."""
    items = [basis(len(comparison.records), comparison.documents)]
    for system in comparison.systems:
        answers = system.answers
        if answers.missing:
            items.append(
                f"{system.name}: no prediction for {_listed(answers.missing)}; "
                "counted as empty text."
            )
        if answers.problems:
            items.append(f"{system.name}: {'; '.join(answers.problems)}.")
        if answers.unknown:
            items.append(
                f"{system.name}: {counted(len(answers.unknown), 'prediction')} for no clause that "
                f"is compared here, left out: {_listed(answers.unknown, 10)}."
            )
    yield Heading("What was compared")
    yield Bullets(tuple(items))


def means(comparison: Comparison) -> Iterator[Block]:
    """Every metric's mean with its interval."""
    yield Heading("Means")
    yield means_table(comparison)
    plots = [
        plot_means(
            figures.label(metric),
            [Series(each.name, [each.means[metric]]) for each in comparison.systems],
            percent=metric in SHARES,
        )
        for metric in PLOTTED
    ]
    yield Figure(tuple(plots), "Means with 95% intervals.")


def means_table(comparison: Comparison) -> Table:
    """Return metrics by systems."""
    rows = [
        (
            Cell(f"{figures.label(metric)} {_direction(metric)}"),
            *(
                Cell(
                    figures.number(metric, each.means[metric].mean),
                    figures.ends(metric, each.means[metric]),
                )
                for each in comparison.systems
            ),
        )
        for metric in COMPARED
    ]
    names = (system.name for system in comparison.systems)
    caption = "Means over the clauses with 95% intervals; ↓ lower is better, ↑ higher."
    return Table(("metric", *names), tuple(rows), caption)


def differences(comparison: Comparison) -> Iterator[Block]:
    """Each system's paired differences from the first."""
    if not comparison.pairs:
        return
    yield Heading("Differences")
    for pair in comparison.pairs:
        yield differences_table(pair)
        names = pair.first.name, pair.second.name
        yield Figure(
            (plot_changes(pair.changes(), *names),),
            "Change of nTED, one bar a clause: below the line the clause got better.",
        )
    yield Paragraph(
        "A difference counts as shown if Wilcoxon's test, adjusted for the number of tests in "
        "this report (Holm), gives less than 0.05 and the interval, which draws whole documents, "
        "leaves out 0, both in favour of the same system. The test alone takes clauses as "
        "independent, which clauses of one document are not. Effect size: matched-pairs "
        "rank-biserial correlation, above 0 where the second system is better."
    )


def differences_table(pair: Pair) -> Table:
    """Return how the second system of a pair differs from the first, metric by metric."""
    columns = (
        "metric", "verdict", "difference", "relative change", "better / same / worse",
        "effect size", "p, adjusted",
    )  # fmt: skip
    return Table(
        columns,
        tuple(_difference_row(each) for each in pair.metrics),
        f"{pair.second.name} less {pair.first.name}, on the same clauses.",
        text_columns=(0, 1),
    )


def errors(comparison: Comparison) -> Iterator[Block]:
    """Show false positives and negatives by kind of node."""
    systems = comparison.systems
    totals = [sum_false_positives(system.errors) for system in systems]
    counted = [
        kind
        for kind in KINDS
        if any(kind in total.positives_by_kind or kind in total.negatives_by_kind
               for total in totals)
    ]  # fmt: skip
    rows = [
        (
            Cell(kind),
            *(
                Cell(str(counts.get(kind, 0)))
                for total in totals
                for counts in (total.positives_by_kind, total.negatives_by_kind)
            ),
        )
        for kind in counted
    ]
    sums = (Cell(str(n)) for total in totals for n in (total.positives, total.negatives))
    rows.append((Cell("all"), *sums))
    columns = [f"{system.name}: {sort}" for system in systems for sort in ("extra", "missing")]
    yield Heading("False positives by kind")
    yield Table(
        ("kind of node", *columns),
        tuple(rows),
        "Nodes that a rule has and its reference has not (false positives), and nodes that it "
        "lacks (false negatives); a node with a wrong label is one of each.",
    )
    if counted:
        counts = [[total.positives_by_kind.get(kind, 0) for kind in counted] for total in totals]
        plot = plot_kinds(counted, [system.name for system in systems], counts)
        yield Figure((plot,), "False positives by kind of node.")


def changes(comparison: Comparison, count: int, quote: bool) -> Iterator[Block]:
    """Show the clauses that changed most, or those furthest from their reference."""
    key = [MarkKey()] if quote else []
    if not comparison.pairs:
        system = comparison.systems[0]
        yield Heading("Furthest from the reference")
        yield from key
        order = np.argsort(-system.column("nted"), kind="stable")[:count]
        yield from (clause_card(comparison, int(index), (system,), quote) for index in order)
    for pair in comparison.pairs:
        better, worse = most_changed(pair, count)
        systems = pair.first, pair.second
        for indices, word in ((better, "gains"), (worse, "loses")):
            yield Heading(f"Where {pair.second.name} {word} most against {pair.first.name}")
            if not indices:
                yield Paragraph("No clause.")
            else:
                yield from key
            yield from (clause_card(comparison, index, systems, quote) for index in indices)


def clause_card(
    comparison: Comparison, index: int, systems: Sequence[ScoredSystem], quote: bool = True
) -> Card:
    """Show a clause: its reference rule and each system's, with the edit script between them."""
    record = comparison.records[index]
    scored = [
        f"{system.name}: nTED {figures.number('nted', system.scores[index].nted)}, "
        f"nLev {figures.number('nlev', system.scores[index].nlev)}"
        for system in systems
    ]
    in_document = record.document and record.document not in record.id
    title = f"{record.id} · {record.document}" if in_document else record.id
    line = " · ".join(scored)
    if not quote or record.rule is None:
        return Card(title, line)
    trees = [reference_view("reference", record.rule)]
    trees += [
        prediction_view(system.name, system.answers.texts[index], record.rule) for system in systems
    ]
    return Card(title, line, record.clause, tuple(trees))


def _difference_row(each: MetricComparison) -> tuple[Cell, ...]:
    metric, paired = each.metric, each.paired
    interval = each.change._replace(mean=paired.difference, low=paired.low, high=paired.high)
    word, tone = _verdict(each)
    return (
        Cell(f"{figures.label(metric)} {_direction(metric)}"),
        Cell(word, tone=tone),
        Cell(
            figures.number(metric, paired.difference, signed=True),
            figures.ends(metric, interval, signed=True),
        ),
        Cell(figures.percent(each.change.mean), figures.percent_ends(each.change)),
        Cell(f"{paired.wins} / {paired.ties} / {paired.losses}"),
        Cell(f"{paired.effect_size:+.2f}".replace("-", "−")),
        Cell(figures.p_value(each.adjusted_p), f"p {figures.p_value(paired.p)}"),
    )


def _verdict(each: MetricComparison) -> tuple[str, Tone]:
    if each.is_better is None:
        return "not shown", ""
    return ("better", "better") if each.is_better else ("worse", "worse")


def _in_short(pair: Pair) -> str:
    parts = []
    for word in ("better", "worse", "not shown"):
        found = [each for each in pair.metrics if _verdict(each)[0] == word]
        if found:
            said = f"{word} in" if word != "not shown" else "no difference shown in"
            parts.append(f"{said} {', '.join(_named(each) for each in found)}")
    return f"{pair.second.name} against {pair.first.name}: {'; '.join(parts)}."


def _named(each: MetricComparison) -> str:
    change = "" if each.is_better is None else f" ({figures.percent(each.change.mean)})"
    return figures.label(each.metric) + change


def _listed(names: Sequence[str], limit: int | None = None) -> str:
    shown = ", ".join(names[:limit])
    left = len(names) - len(names[:limit])
    return f"{shown} and {left} more" if left else shown


def _direction(metric: str) -> str:
    return "↓" if metric in LOWER_IS_BETTER else "↑"
