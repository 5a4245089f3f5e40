"""What flows through an evaluation: known facts in, scores, blame and figures out. All frozen, all to and from JSON."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from ingest.errors import DossierError


@dataclass(frozen=True)
class Snippet:
    """Verbatim words of a document; `doc` is the beginning of its file name."""

    doc: str
    quote: str


@dataclass(frozen=True)
class KnownFact:
    """A question with what a right answer states. `facts` holds, per fact, the acceptable wordings.

    `lines` says where a part stands in the file: keys 'id', 'facts.0', 'evidence.1', …; numbers count from 1.
    """

    id: str
    question: str
    category: str
    answerable: bool
    facts: tuple[tuple[str, ...], ...] = ()
    forbidden: tuple[str, ...] = ()
    evidence: tuple[Snippet, ...] = ()
    history: tuple[str, ...] = ()
    difficulty: str = "medium"
    derived: bool = False
    note: str = ""
    lines: Mapping[str, int] = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True)
class Entry:
    """A known fact as read, before it is checked: texts, lists and mappings, with the line on which each part stands."""

    data: dict[str, Any]
    lines: dict[str, int]


@dataclass(frozen=True)
class Problem:
    """Something wrong in a set of known facts."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


class KnownFactsError(DossierError):
    """A set that cannot be used; the message has one problem a line."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


@dataclass(frozen=True)
class Score:
    """One judged answer.

    shares: per figure a numerator and a denominator, so that a figure of a set is the sum over all its questions of the
    first divided by that of the second. ranks: per evidence snippet the first place (from 1) in `retrieved`, 0 for none.
    """

    correct: bool
    facts_found: tuple[bool, ...]
    forbidden_said: tuple[str, ...]
    shares: Mapping[str, tuple[float, float]]
    ranks: tuple[int, ...]
    words: int
    false_quotes: tuple[str, ...] = ()
    ungrounded: tuple[str, ...] = ()


@dataclass(frozen=True)
class Blame:
    """The first stage that lost a fact, what was expected there and what was found."""

    stage: str
    expected: str
    found: str


@dataclass(frozen=True)
class Item:
    """A known fact, the answer object that was given (None after a crash, with `error`), its score, and blame for a miss."""

    fact: KnownFact
    answer: Mapping[str, Any] | None
    seconds: float
    score: Score
    blame: Blame | None = None
    error: str = ""

    @property
    def status(self) -> str:
        return str(self.answer["status"]) if self.answer else "error"

    @property
    def confidence(self) -> float:
        return float(self.answer["confidence"]) if self.answer else 0.0


@dataclass(frozen=True)
class Figure:
    """A value with its 95 % bootstrap interval over `n` questions; value None: nothing to measure it on."""

    value: float | None
    low: float | None
    high: float | None
    n: int


Figures = Mapping[str, Figure]


@dataclass(frozen=True)
class Run:
    """A scored set. `about` holds what is needed to do it again: set, corpus, mode, fingerprint, models, settings, seeds, versions."""

    about: Mapping[str, Any]
    items: tuple[Item, ...]
    overall: Figures
    by_category: Mapping[str, Figures]
    by_difficulty: Mapping[str, Figures]
    problems: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return f"{self.about.get('set', '?')} ({self.about.get('system', '?')}, {self.about.get('mode', '?')})"


def item_to_json(item: Item) -> dict[str, Any]:
    """A JSON object; `item_from_json` reads it back to an equal item."""
    plain = asdict(item)
    plain["fact"]["lines"] = {}
    return plain


def item_from_json(plain: Mapping[str, Any]) -> Item:
    fact, score = dict(plain["fact"]), dict(plain["score"])
    fact |= {name: tuple(fact[name]) for name in ("forbidden", "history")}
    fact |= {"facts": tuple(map(tuple, fact["facts"])), "evidence": tuple(Snippet(**each) for each in fact["evidence"])}
    score |= {name: tuple(score[name]) for name in ("facts_found", "forbidden_said", "ranks", "false_quotes", "ungrounded")}
    score["shares"] = {name: (share[0], share[1]) for name, share in score["shares"].items()}
    blame = Blame(**plain["blame"]) if plain["blame"] else None
    return Item(KnownFact(**fact), plain["answer"], plain["seconds"], Score(**score), blame, plain["error"])
