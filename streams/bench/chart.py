"""The chart of a match: what a request costs each contender, floor and overhead apart."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure

from streams.bench.match import FLOOR, TITLES
from streams.bench.trial import GATE

# Faust's bars are so long that the others would not be seen beside them.
LONGEST_OF_MEDIAN = 3
GREY, BLUE, ORANGE = "#c8ccd0", "#2b6cb0", "#dd8452"


def draw(report: Mapping[str, Any], folder: Path) -> list[Path]:
    """Write `match.png` and `match.svg`, and return where they are."""
    contenders = {name: one["microseconds"]["median"] for name, one in report["contenders"].items()}
    floor = contenders.pop(FLOOR)
    names = sorted(contenders, key=lambda name: -contenders[name])
    longest = LONGEST_OF_MEDIAN * sorted(contenders.values())[len(contenders) // 2]
    # Text stays text in the SVG, and no date in it: the same figures make the same file.
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "alpr-gate", "font.size": 10}):
        figure = Figure(figsize=(9, 3.6), layout="constrained")
        axes = figure.subplots()
        for place, name in enumerate(names):
            cost = contenders[name]
            axes.barh(place, min(floor, cost), color=GREY)
            colour = BLUE if name == GATE else ORANGE
            axes.barh(place, min(cost, longest) - floor, left=floor, color=colour)
            # Where a bar is cut its number says how long it would be.
            text = f" {cost:,.0f}" + (" →" if cost > longest else "")
            axes.text(min(cost, longest), place, text, va="center")
        axes.set_yticks(range(len(names)), [TITLES[name] for name in names])
        axes.set_xlim(0, longest * 1.12)
        axes.set_xlabel("µs a request: the work that all do (grey) and what each adds to it")
        axes.spines[["top", "right"]].set_visible(False)
        paths = [folder / "match.png", folder / "match.svg"]
        figure.savefig(paths[0], dpi=144)
        figure.savefig(paths[1], metadata={"Date": None})
    return paths
