"""The plots of a report as inline SVG: small, with real text, without any reference to the outside."""

import io
import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from evals.blame import STAGES
from evals.calibrate import Point
from evals.texts import number, say
from evals.types import Figure, Figures, Item

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.ticker import MaxNLocator

BLUE, ORANGE, GREY = "#154273", "#b45309", "#6b7280"


def per_group(groups: dict[str, Figures], language: str = "nl", measure: str = "correct") -> str:
    """Bars with intervals, one a category or difficulty."""
    rows = [(name, figures[measure]) for name, figures in groups.items() if figures[measure].value is not None]

    def draw(axes: "Axes") -> None:
        values = [_value(figure) for _, figure in rows]
        spread = [[_value(f) - (f.low or 0) for _, f in rows], [(f.high or 0) - _value(f) for _, f in rows]]
        axes.barh([f"{name} ({figure.n})" for name, figure in rows], values, color=BLUE, xerr=spread, ecolor=GREY, capsize=2)
        axes.invert_yaxis()
        axes.set_xlim(0, 1)
        axes.margins(y=0.01)
        axes.set_xticks([0, 0.25, 0.5, 0.75, 1])
        axes.xaxis.set_major_formatter(_percent)
        axes.grid(axis="x")

    label = say(language, "plot_groups_said", rows=", ".join(f"{name} {_value(figure):.0%}" for name, figure in rows))
    return _svg(draw, label, height=0.55 + 0.27 * max(3, len(rows))) if rows else ""


def recall_curve(overall: Figures, language: str = "nl") -> str:
    """Recall at 1, 3, 5 and 10 with its interval."""
    points = [(k, overall[f"recall@{k}"]) for k in (1, 3, 5, 10) if f"recall@{k}" in overall]
    if not points or points[0][1].value is None:
        return ""

    def draw(axes: "Axes") -> None:
        places = [k for k, _ in points]
        axes.fill_between(places, [f.low or 0 for _, f in points], [f.high or 0 for _, f in points], color=BLUE, alpha=0.15, linewidth=0)
        axes.plot(places, [_value(f) for _, f in points], color=BLUE, marker="o")
        axes.set_xticks(places)
        axes.set_ylim(0, 1.02)
        axes.yaxis.set_major_formatter(_percent)
        axes.set_xlabel(say(language, "plot_recall_axis"))
        axes.grid()

    return _svg(draw, say(language, "plot_recall_said", rows=", ".join(f"recall@{k} {_value(f):.0%}" for k, f in points)))


def latency(items: Sequence[Item], language: str = "nl") -> str:
    """Histogram of the seconds per answer."""
    seconds = [item.seconds for item in items if item.answer]
    if not seconds:
        return ""

    def draw(axes: "Axes") -> None:
        axes.hist(seconds, bins=20, color=BLUE, edgecolor="white", linewidth=0.5)
        axes.set_xlabel(say(language, "plot_latency_axis"))
        axes.set_ylabel(say(language, "questions").lower())
        axes.set_xlim(left=0)
        axes.locator_params(axis="x", nbins=5)
        axes.xaxis.set_major_formatter(_short(language))
        axes.yaxis.set_major_locator(_whole())

    return _svg(draw, say(language, "plot_latency_said", count=len(seconds), most=number(language, f"{max(seconds):.2f}")))


def thresholds(points: Sequence[Point], chosen: float | None = None, language: str = "nl") -> str:
    """What each refusal threshold would bring."""
    if not points:
        return ""

    def draw(axes: "Axes") -> None:
        at = [point.threshold for point in points]
        axes.plot(at, [point.answered for point in points], color=GREY, linestyle="--", label=say(language, "plot_answered"))
        axes.plot(at, [point.right for point in points], color=BLUE, label=say(language, "plot_right"))
        axes.plot(at, [point.refused for point in points], color=ORANGE, linestyle="-.", label=say(language, "plot_refused"))
        if chosen is not None:
            axes.axvline(chosen, color="black", linewidth=1)
        axes.set_ylim(0, 1.02)
        axes.set_xlim(0, 1)
        axes.yaxis.set_major_formatter(_percent)
        axes.xaxis.set_major_formatter(_short(language))
        axes.set_xlabel(say(language, "plot_threshold_axis"))
        axes.grid()
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.2), fontsize=9, frameon=False)

    return _svg(draw, say(language, "plot_thresholds_said"), height=3.3)


def stages(items: Sequence[Item], language: str = "nl") -> str:
    """How many misses each stage is to blame for."""
    counts = {stage: sum(item.blame is not None and item.blame.stage == stage for item in items) for stage in STAGES}
    rows = {say(language, f"stage_{stage}"): count for stage, count in counts.items() if count}
    if not rows:
        return ""

    def draw(axes: "Axes") -> None:
        bars = axes.barh(list(rows), list(rows.values()), color=ORANGE)
        axes.bar_label(bars, padding=3)
        axes.invert_yaxis()
        axes.margins(x=0.12)
        axes.xaxis.set_major_locator(_whole())

    label = say(language, "plot_stages_said", rows=", ".join(f"{name} {count}" for name, count in rows.items()))
    return _svg(draw, label, height=0.55 + 0.27 * max(3, len(rows)))


def _value(figure: Figure) -> float:
    return figure.value or 0.0


def _percent(value: float, position: float | None = None) -> str:
    return f"{value:.0%}".replace("%", " %")


def _short(language: str) -> Callable[[float, float | None], str]:
    def written(value: float, position: float | None = None) -> str:
        return number(language, f"{value:.3g}")

    return written


def _whole() -> "MaxNLocator":
    from matplotlib.ticker import MaxNLocator

    return MaxNLocator(integer=True)


def _svg(draw: "Callable[[Axes], None]", label: str, height: float = 2.7) -> str:
    # The figure classes are used directly: pyplot would keep global state and a backend.
    from matplotlib import rc_context
    from matplotlib.figure import Figure as Canvas

    with rc_context(
        {
            "font.size": 10.5,
            "font.family": "sans-serif",
            "svg.fonttype": "none",
            "svg.hashsalt": label,
            "text.parse_math": False,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.axisbelow": True,
            "grid.color": "#e5e7eb",
        }
    ):
        canvas = Canvas(figsize=(4.3, height), layout="constrained")
        draw(canvas.subplots())
        out = io.StringIO()
        canvas.savefig(out, format="svg", transparent=True, metadata={"Date": None, "Creator": None, "Type": None, "Format": None})
    svg = out.getvalue()
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg[svg.index("<svg") :], flags=re.DOTALL)
    # Without a fixed height the picture keeps its proportions when it shrinks to the page.
    svg = re.sub(r'^<svg([^>]*?) width="([\d.]+)pt" height="[\d.]+pt"', r'<svg\1 width="\2pt"', svg)
    svg = re.sub(r'<g id="[^"]*"', "<g", svg)  # the same ids in every plot, and none is referred to
    name = label.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
    return svg.replace("<svg", f'<svg role="img" aria-label="{name}"', 1)
