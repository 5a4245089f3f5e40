"""A run as one self-contained HTML page: figures with intervals, plots, and every question with answer, quotes and blame."""

from collections.abc import Mapping
from pathlib import Path

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from evals import plots
from evals.blame import STAGES
from evals.calibrate import Calibration, curve
from evals.compare import Comparison
from evals.figures import MEASURES
from evals.types import Figure, Figures, Item, Run

_ASSETS = Path(__file__).parent / "assets"
_SUMMARY = ("correct", "fact_recall", "refused_unanswerable", "false_refusals", "citation_recall", "citation_precision")
_DUTCH = {
    "easy": "makkelijk",
    "medium": "gemiddeld",
    "hard": "moeilijk",
    "annotation": "kanttekening",
    "change_over_time": "verandering",
    "english": "Engels",
    "fact": "feit",
    "false_premise": "foute aanname",
    "feedback": "uit gebruik",
    "follow_up": "vervolgvraag",
    "list": "opsomming",
    "multi_document": "meer documenten",
    "number": "getal",
    "redacted": "gelakt",
    "table": "tabel",
    "unanswerable": "onbeantwoordbaar",
    "when": "wanneer",
    "who": "wie",
    "why": "waarom",
}
_PER_GROUP = ("correct", "fact_recall", "citation_recall", "recall@5", "numbers_grounded")


def render(run: Run, earlier: Run | None = None, comparison: Comparison | None = None, calibration: Calibration | None = None) -> str:
    """The whole page. With an earlier run and its comparison, the changes come first; with a calibration, its curve and choice."""
    pictures = [
        ("Juist per categorie, met het aantal vragen", plots.per_group(_named(run.by_category))),
        ("Juist per moeilijkheid", plots.per_group(_named(run.by_difficulty))),
        ("Bewijs bij de eerste k passages", plots.recall_curve(run.overall)),
        ("Fase waarin fouten ontstonden", plots.stages(run.items)),
        ("Antwoordtijd", plots.latency(run.items)),
        (
            "Weigeringsdrempel",
            plots.thresholds(calibration.curve, calibration.threshold) if calibration else plots.thresholds(curve(run.items)),
        ),
    ]
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters |= {
        "dutch": _dutch,
        "moment": lambda moment: str(moment).replace("T", " ").replace("+00:00", " UTC"),
        "value": value,
        "interval": interval,
        "verdict": _verdict,
        "percent": lambda share: f"{share * 100:.0f} %",
    }
    return environment.from_string(_asset("report.html.j2")).render(
        run=run,
        style=Markup(_asset("report.css")),
        script=Markup(_asset("report.js")),
        measures=MEASURES,
        summary=[name for name in _SUMMARY if name in run.overall],
        per_group=_PER_GROUP,
        plots=[(title, Markup(svg)) for title, svg in pictures if svg],
        stages=STAGES,
        categories=list(run.by_category),
        difficulties=list(run.by_difficulty),
        blamed=[stage for stage in STAGES if any(item.blame and item.blame.stage == stage for item in run.items)],
        earlier=earlier,
        comparison=comparison,
        calibration=calibration,
    )


def write(run: Run, path: Path, earlier: Run | None = None, comparison: Comparison | None = None) -> None:
    """Write the page as UTF-8."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(render(run, earlier, comparison), encoding="utf-8")


def value(figure: Figure, unit: str = "share") -> str:
    """A figure as Dutch text: 62 %, 0,71, 34 woorden, 0,21 s; – where there is nothing to measure."""
    sign = {"share": " %", "words": " woorden", "seconds": " s"}.get(unit, "") if figure.value is not None else ""
    return _number(figure.value, unit) + sign


def interval(figure: Figure, unit: str = "share") -> str:
    """Its 95 % interval: 51–73."""
    return f"{_number(figure.low, unit)}–{_number(figure.high, unit)}" if figure.value is not None else ""


def _number(value: float | None, unit: str) -> str:
    if value is None:
        return "–"
    text = f"{value * 100:.0f}" if unit == "share" else f"{value:.0f}" if unit == "words" else f"{value:.2f}"
    return text.replace(".", ",")


def _dutch(name: str) -> str:
    """A group as the reader knows it; a category that an evaluator made up stays as it is."""
    return _DUTCH.get(name, name)


def _named(groups: Mapping[str, Figures]) -> dict[str, Figures]:
    return {_dutch(name): figures for name, figures in groups.items()}


def _verdict(item: Item) -> str:
    return "juist" if item.score.correct else "fout"


def _asset(name: str) -> str:
    return (_ASSETS / name).read_text(encoding="utf-8")
