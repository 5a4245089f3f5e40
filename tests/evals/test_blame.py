"""A fact lost at each stage, and the stage that is blamed for it."""

from dataclasses import dataclass, replace

import pytest
from small_world import ANSWERABLE, UNANSWERABLE, WORLD, Trace, World, answered, honest, refused

from app.types import Answer, Evidence
from evals.blame import blame
from evals.metrics import judge
from evals.types import Blame, Snippet

COST = ANSWERABLE[1]
GOOD = honest(COST)
SILENT = replace(GOOD, text="Dat wordt betaald uit het groenfonds [1].")


def _evidence(text: str, source: str = "tuinen-2025.md") -> Evidence:
    return Evidence(source, "", 0, 0, text, 0.5)


@dataclass(frozen=True)
class NoPassages(World):
    @property
    def passages(self) -> dict[str, object]:  # type: ignore[override]
        return {}


SELECTED = (_evidence("De aanleg kost € 2,8 miljoen en wordt betaald uit het groenfonds."),)
OTHER = (_evidence("Scholen krijgen voorrang bij het beheer"),)
FAR = replace(GOOD, retrieved=GOOD.retrieved[1:])


@pytest.mark.parametrize(
    ("stage", "answer", "evidence", "library"),
    [
        ("composition", SILENT, SELECTED, WORLD),
        ("refusal", replace(refused("?"), retrieved=GOOD.retrieved), SELECTED, WORLD),
        ("evidence", replace(SILENT, citations=()), OTHER, WORLD),
        ("evidence", replace(refused("?"), retrieved=GOOD.retrieved), (), WORLD),
        ("retrieval", replace(FAR, text="?", citations=()), OTHER, WORLD),
        ("passages", replace(FAR, text="?", citations=()), OTHER, NoPassages()),
        ("extraction", replace(FAR, text="?", citations=()), OTHER, World(documents={})),
    ],
)
def test_stage(stage: str, answer: Answer, evidence: tuple[Evidence, ...], library: World) -> None:
    score = judge(COST, answer, WORLD.documents)
    found = blame(COST, answer, score, library, Trace(answer, GOOD.retrieved, evidence))
    assert found is not None and found.stage == stage
    assert "€ 2,8 miljoen" in found.expected


def test_retrieval_names_the_place() -> None:
    answer = replace(FAR, text="?", citations=())
    hits = (*GOOD.retrieved[1:], GOOD.retrieved[0])
    found = blame(COST, answer, judge(COST, answer, WORLD.documents), WORLD, Trace(answer, hits, OTHER))
    assert found is not None and found.found == f"op plaats {len(hits)}"


def test_grading_when_the_evidence_itself_was_said() -> None:
    odd = replace(COST, facts=(("twee komma acht",),), derived=True)
    found = blame(odd, GOOD, judge(odd, GOOD, WORLD.documents), WORLD, Trace(GOOD, GOOD.retrieved, SELECTED))
    assert found is not None and found.stage == "grading"


def test_no_blame_without_a_miss_and_a_crash_names_its_error() -> None:
    assert blame(COST, GOOD, judge(COST, GOOD, WORLD.documents), WORLD) is None
    assert blame(COST, None, judge(COST, None, {}), WORLD, error="ValueError: x") == Blame("crash", "een antwoord", "ValueError: x")


def test_an_unanswerable_question_answered_is_the_refusals_fault() -> None:
    fact = UNANSWERABLE[2]
    found = blame(fact, GOOD, judge(fact, GOOD, WORLD.documents), WORLD)
    assert found is not None and found.stage == "refusal"


def test_too_long_or_forbidden_is_the_compositions_fault() -> None:
    long = replace(GOOD, text=GOOD.text + " en" * 120)
    found = blame(COST, long, judge(COST, long, WORLD.documents), WORLD)
    assert found is not None and (found.stage, found.expected) == ("composition", "hoogstens 120 woorden")
    banned = replace(COST, forbidden=("groenfonds",))
    found = blame(banned, GOOD, judge(banned, GOOD, WORLD.documents), WORLD)
    assert found is not None and "groenfonds" in found.expected


def test_the_earliest_stage_of_several_facts_counts() -> None:
    fact = replace(
        COST, facts=(*COST.facts, ("Oosterveld",)), evidence=(*COST.evidence, Snippet("tuinen", "4 juli 2025 in de wijk Oosterveld"))
    )
    answer = answered("?", "Uit het groenfonds.", hits=GOOD.retrieved[:1])
    found = blame(fact, answer, judge(fact, answer, WORLD.documents), WORLD, Trace(answer, GOOD.retrieved, SELECTED))
    assert found is not None and (found.stage, "Oosterveld" in found.expected) == ("retrieval", True)
