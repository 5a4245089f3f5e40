"""Two runs compared: which questions changed, and what the paired tests say."""

from dataclasses import replace

import pytest
from small_world import ANSWERABLE, FACTS, WORLD, Assistant, honest, refused

from app.types import Answer
from evals.compare import compare, mcnemar
from evals.run import run
from evals.types import KnownFact, Run


def scored(wrong: set[str], facts: tuple[KnownFact, ...] = FACTS) -> Run:
    def reply(fact: KnownFact) -> Answer:
        return replace(honest(fact), text="Geen idee.") if fact.id in wrong and fact.answerable else honest(fact)

    return run(Assistant(reply), facts, WORLD, {"set": "klein.yaml", "set_sha256": "1"}, progress=lambda done, total: None)


@pytest.mark.parametrize(
    ("better", "worse", "p"),
    [(0, 0, 1.0), (1, 0, 1.0), (5, 5, 1.0), (6, 0, 2 / 64), (0, 6, 2 / 64), (8, 1, 2 * (1 + 9) / 512), (400, 300, 0.000176)],
)
def test_mcnemar_by_hand(better: int, worse: int, p: float) -> None:
    assert mcnemar(better, worse) == pytest.approx(p, rel=0.02)


def test_which_questions_changed() -> None:
    found = compare(scored({"q1", "q2", "q3"}), scored({"q3", "q4"}))
    assert [change.id for change in found.better] == ["q1", "q2"]
    assert [change.id for change in found.worse] == ["q4"]
    assert found.p == 1.0
    assert found.questions == 12
    assert found.warnings == ()
    difference = found.differences["correct"]
    assert (difference.before, difference.after) == (9 / 12, 10 / 12)
    assert difference.low < 0 < difference.high and difference.p > 0.3


def test_a_run_equals_itself() -> None:
    found = compare(scored({"q1"}), scored({"q1"}))
    assert (found.better, found.worse, found.p) == ((), (), 1.0)
    assert found.differences["fact_recall"].low == found.differences["fact_recall"].high == 0


def test_a_clear_gain_is_significant() -> None:
    found = compare(scored({fact.id for fact in ANSWERABLE}), scored(set()))
    assert len(found.better) == 8 and found.p == 2 / 256
    assert found.differences["correct"].low > 0 and found.differences["correct"].p < 0.01


def test_leaving_a_question_out_counts_as_wrong_and_is_told() -> None:
    found = compare(scored(set()), scored(set(), FACTS[1:]))
    assert [change.id for change in found.worse] == ["q1"]
    assert found.differences["correct"].after == 11 / 12
    assert "1 vragen staan in maar één" in found.warnings[0]


def test_other_questions_are_warned_about() -> None:
    other = scored(set())
    found = compare(scored(set()), replace(other, about={**other.about, "set_sha256": "2", "fingerprint": "x"}))
    assert len(found.warnings) == 2


def test_missing_questions_do_not_hide_false_refusals() -> None:
    refusing = run(Assistant(lambda fact: refused(fact.question)), FACTS, WORLD, {}, progress=lambda done, total: None)
    found = compare(refusing, scored(set(), FACTS[:1]))
    assert found.differences["false_refusals"].after == 7 / 8
