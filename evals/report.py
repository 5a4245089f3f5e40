"""A run as one self-contained HTML page: figures with intervals, plots, and every question with answer, quotes and blame."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from evals import plots
from evals.blame import STAGES
from evals.calibrate import Calibration, curve
from evals.compare import Comparison
from evals.figures import MEASURES
from evals.texts import group, number, say
from evals.types import Figure, Figures, Run

_ASSETS = Path(__file__).parent / "assets"
_SUMMARY = ("correct", "fact_recall", "refused_unanswerable", "false_refusals", "citation_recall", "citation_precision")
_SIGNS = {"share": "%", "seconds": "s"}
_PER_GROUP = ("correct", "fact_recall", "citation_recall", "recall@5", "numbers_grounded")


def render(
    run: Run, earlier: Run | None = None, comparison: Comparison | None = None, calibration: Calibration | None = None, language: str = "nl"
) -> str:
    """The whole page. With an earlier run and its comparison, the changes come first; with a calibration, its curve and choice."""
    points, chosen = (calibration.curve, calibration.threshold) if calibration else (curve(run.items), None)
    pictures = {
        "category": plots.per_group(_named(run.by_category, language), language),
        "difficulty": plots.per_group(_named(run.by_difficulty, language), language),
        "recall": plots.recall_curve(run.overall, language),
        "stages": plots.stages(run.items, language),
        "latency": plots.latency(run.items, language),
        "thresholds": plots.thresholds(points, chosen, language),
    }
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters |= {
        "group": partial(group, language),
        "number": lambda value, form: number(language, form % value),
        "moment": lambda moment: str(moment).replace("T", " ").replace("+00:00", " UTC"),
        "value": partial(value, language=language),
        "interval": partial(interval, language=language),
        "verdict": lambda item: "right" if item.score.correct else "wrong",
        "percent": lambda share: f"{share * 100:.0f} %",
    }
    return environment.from_string(_asset("report.html.j2")).render(
        run=run,
        language=language,
        say=partial(say, language),
        style=Markup(_asset("report.css")),
        script=Markup(_asset("report.js")),
        measures=MEASURES,
        summary=[name for name in _SUMMARY if name in run.overall],
        per_group=_PER_GROUP,
        plots=[(f"plot_{name}", Markup(svg)) for name, svg in pictures.items() if svg],
        categories=list(run.by_category),
        difficulties=list(run.by_difficulty),
        blamed=[stage for stage in STAGES if any(item.blame and item.blame.stage == stage for item in run.items)],
        earlier=earlier,
        comparison=comparison,
        calibration=calibration,
    )


def write(run: Run, path: Path, earlier: Run | None = None, comparison: Comparison | None = None, language: str = "nl") -> None:
    """Write the page as UTF-8."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(render(run, earlier, comparison, language=language), encoding="utf-8")


def value(figure: Figure, unit: str = "share", language: str = "nl") -> str:
    """A figure in words: 62 %, 0,71, 34 woorden, 0,21 s; – where there is nothing to measure."""
    text = _number(figure.value, unit, language)
    if figure.value is None or not unit:
        return text
    return say(language, "words", number=text) if unit == "words" else f"{text} {_SIGNS[unit]}"


def interval(figure: Figure, unit: str = "share", language: str = "nl") -> str:
    """Its 95 % interval: 51–73."""
    return f"{_number(figure.low, unit, language)}–{_number(figure.high, unit, language)}" if figure.value is not None else ""


def _number(value: float | None, unit: str, language: str) -> str:
    if value is None:
        return "–"
    return number(language, f"{value * 100:.0f}" if unit == "share" else f"{value:.0f}" if unit == "words" else f"{value:.2f}")


def _named(groups: Mapping[str, Figures], language: str) -> dict[str, Figures]:
    return {group(language, name): figures for name, figures in groups.items()}


def _asset(name: str) -> str:
    return (_ASSETS / name).read_text(encoding="utf-8")
