"""The plots of a report, as SVG that takes its colours and its font from the page.

matplotlib draws with placeholder colours, which are then replaced by the page's CSS
variables, so that one picture serves light, dark and paper. Series differ in shape as
well as in colour.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Sequence
from html import escape
from typing import Any, NamedTuple

import numpy as np

from p4ir.counting import counted
from p4ir.metrics.calibration import ReliabilityBin
from p4ir.metrics.significance import FloatArray, Interval

MAX_SERIES = 6
"""Systems that have a colour of their own; further ones begin again."""

_SERIES = [f"#a0000{i}" for i in range(1, MAX_SERIES + 1)]
_MARKERS = ["o", "s", "^", "D", "v", "P"]
_INK, _MUTED, _GRID, _BETTER, _WORSE = "#b00001", "#b00002", "#b00003", "#b00004", "#b00005"
_VARIABLES = {
    **{color: f"var(--series-{i})" for i, color in enumerate(_SERIES, 1)},
    _INK: "var(--ink)",
    _MUTED: "var(--muted)",
    _GRID: "var(--grid)",
    _BETTER: "var(--better)",
    _WORSE: "var(--worse)",
}
_STYLE = {
    "svg.fonttype": "none",
    "svg.hashsalt": "p4ir",
    "text.parse_math": False,
    "font.family": "sans-serif",
    "font.size": 11,
    "axes.titlesize": 12,
    "axes.titlelocation": "left",
    "axes.titleweight": "bold",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.edgecolor": _GRID,
    "axes.labelcolor": _MUTED,
    "axes.titlecolor": _INK,
    "text.color": _INK,
    "xtick.color": _GRID,
    "ytick.color": _GRID,
    "xtick.labelcolor": _MUTED,
    "ytick.labelcolor": _INK,
    "grid.color": _GRID,
    "grid.linewidth": 0.7,
    "legend.frameon": False,
}


class Series(NamedTuple):
    """The estimates of one system, one for each place on the axis."""

    name: str
    estimates: Sequence[Interval]


def plot_means(title: str, series: Sequence[Series], percent: bool = False) -> str:
    """Draw one metric: a dot for each system's mean, a line for its interval."""

    def draw(axes: Any) -> None:
        for row, each in enumerate(series):
            found = each.estimates[0]
            _interval(axes, found, row, row, 100 if percent else 1)
        axes.set_yticks(range(len(series)), [_short(each.name) for each in series])
        axes.set_ylim(len(series) - 0.4, -0.6)
        axes.grid(axis="x")
        axes.tick_params(axis="y", length=0)
        axes.set_title(title + (", %" if percent else ""))

    return _svg(draw, 3.7, 0.85 + 0.34 * len(series), f"Means of {title} with intervals")


def plot_changes(changes: FloatArray, first: str, second: str) -> str:
    """Draw each clause's change of nTED, sorted: what lies below the line got better."""

    def draw(axes: Any) -> None:
        values = np.sort(changes)
        colors = [_BETTER if value < 0 else _WORSE for value in values]
        axes.bar(range(len(values)), values, width=0.8, color=colors)
        axes.axhline(0, color=_MUTED, linewidth=0.8)
        axes.grid(axis="y")
        axes.set_xticks([])
        axes.set_xlabel(f"{counted(len(values), 'clause')}, sorted by change")
        axes.set_ylabel("change of nTED")
        axes.set_title(f"{_short(second)} against {_short(first)}")
        # Each count stands across the line from its bars, where there is room.
        better, worse = int((values < 0).sum()), int((values > 0).sum())
        for color, text, x, y, side, edge in (
            (_BETTER, f"{better} better", 0.0, 4, "left", "bottom"),
            (_WORSE, f"{worse} worse", 1.0, -4, "right", "top"),
        ):
            axes.annotate(
                text, (x, 0), (0, y), xycoords=axes.get_yaxis_transform(),
                textcoords="offset points", color=color, ha=side, va=edge, weight="bold",
            )  # fmt: skip

    return _svg(draw, 6.2, 2.9, "Change of nTED of each clause")


def plot_distribution(title: str, names: Sequence[str], columns: Sequence[FloatArray]) -> str:
    """Draw for each system the share of clauses with at most a value of a metric."""

    def draw(axes: Any) -> None:
        for number, column in enumerate(columns):
            axes.ecdf(column, color=_color(number), linewidth=2)
        axes.set_ylim(0, 1.02)
        axes.grid()
        axes.set_ylabel("share of clauses")
        axes.set_title(title)
        _legend(axes, names, "s")

    return _svg(draw, 3.7, 3.1, f"Distribution of {title} over the clauses")


def plot_by_length(places: Sequence[str], series: Sequence[Series]) -> str:
    """Draw nTED against the length of clauses, with intervals."""

    def draw(axes: Any) -> None:
        for number, each in enumerate(series):
            offset = (number - (len(series) - 1) / 2) * 0.12
            for place, found in enumerate(each.estimates):
                _interval(axes, found, place + offset, number, vertical=True)
            axes.plot(
                np.arange(len(places)) + offset,
                [found.mean for found in each.estimates],
                color=_color(number),
                linewidth=1,
                alpha=0.5,
            )
        axes.set_xticks(range(len(places)), places)
        axes.set_ylim(bottom=0)
        axes.grid(axis="y")
        axes.set_xlabel("words in the clause")
        axes.set_ylabel("nTED")
        _legend(axes, [each.name for each in series])

    return _svg(draw, 6.2, 3.3, "nTED by length of the clause")


def plot_kinds(kinds: Sequence[str], names: Sequence[str], counts: Sequence[Sequence[int]]) -> str:
    """Draw the number of false positives by kind of node, one bar for each system."""

    def draw(axes: Any) -> None:
        height = 0.8 / len(names)
        for number, own in enumerate(counts):
            rows = np.arange(len(kinds)) + (number - (len(names) - 1) / 2) * height
            axes.barh(rows, own, height * 0.9, color=_color(number))
        axes.set_yticks(range(len(kinds)), kinds)
        axes.set_ylim(len(kinds) - 0.4, -0.6)
        axes.tick_params(axis="y", length=0)
        axes.grid(axis="x")
        axes.set_xlabel("false positives, nodes")
        _legend(axes, names, "s")

    return _svg(draw, 6.2, 1 + len(kinds) * max(0.3, 0.13 * len(names)), "False positives")


def plot_reliability(name: str, number: int, bins: Sequence[ReliabilityBin]) -> str:
    """Draw confidence against the share of clauses for which the outcome is true."""

    def draw(axes: Any) -> None:
        axes.plot([0, 1], [0, 1], color=_MUTED, linewidth=1, linestyle="--")
        for each in bins:
            _interval(axes, each.outcome, each.confidence, number, vertical=True)
            axes.annotate(
                str(each.outcome.n), (each.confidence, each.outcome.mean), (5, 5),
                textcoords="offset points", color=_MUTED, fontsize=9,
            )  # fmt: skip
        axes.set_xlim(-0.02, 1.02)
        axes.set_ylim(-0.02, 1.02)
        axes.grid()
        axes.set_xlabel("confidence")
        axes.set_ylabel("share")
        axes.set_title(name)

    return _svg(draw, 3.7, 3.5, "Reliability of the confidence")


def _interval(
    axes: Any, found: Interval, place: float, number: int, scale: float = 1, vertical: bool = False
) -> None:
    color, mean = _color(number), found.mean * scale
    if found.low is not None and found.high is not None:
        ends = [found.low * scale, found.high * scale]
        where = [place, place]
        line = (where, ends) if vertical else (ends, where)
        axes.plot(*line, color=color, linewidth=2, solid_capstyle="round")
    point = ([place], [mean]) if vertical else ([mean], [place])
    axes.plot(*point, color=color, marker=_MARKERS[number % MAX_SERIES], markersize=7)


def _legend(axes: Any, names: Sequence[str], marker: str = "") -> None:
    from matplotlib.lines import Line2D

    line = "" if marker else "-"
    handles = [
        Line2D([], [], color=_color(i), marker=marker or _MARKERS[i % MAX_SERIES], linestyle=line)
        for i in range(len(names))
    ]
    axes.legend(handles, [_short(name) for name in names], loc="best")


def _color(number: int) -> str:
    return _SERIES[number % MAX_SERIES]


def _short(name: str, limit: int = 24) -> str:
    return name if len(name) <= limit else name[: limit - 1] + "…"


def _svg(draw: Callable[[Any], None], width: float, height: float, spoken: str) -> str:
    """Return a drawing of that size, in inches, as SVG to be put into a page.

    `spoken` says what it shows to those who do not see it.
    """
    import matplotlib as mpl
    from matplotlib.figure import Figure

    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=(width, height), layout="constrained")
        axes = figure.add_subplot()
        draw(axes)
        file = io.StringIO()
        figure.savefig(file, format="svg", transparent=True, metadata={"Date": None})
    svg = file.getvalue()
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>\s*", "", svg, flags=re.S)
    svg = re.sub(r'\sid="[a-z]+[a-z0-9.]*_\d+"', "", svg)
    svg = re.sub(r"<style.*?</style>\s*|font-family: [^;\"]*;? ?", "", svg, flags=re.S)
    svg = svg.replace("<svg", f'<svg role="img" aria-label="{escape(spoken)}"', 1)
    for color, variable in _VARIABLES.items():
        svg = svg.replace(color, variable)
    return svg
