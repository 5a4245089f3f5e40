"""The refusal threshold on confidences that are made up, so that the best threshold is known."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from small_world import ANSWERABLE, UNANSWERABLE, WORLD, honest, refused

from app.types import Answer
from evals.calibrate import calibrate, curve, write
from evals.metrics import judge
from evals.types import Item, KnownFact
from ingest.errors import SettingsError


def _item(fact: KnownFact, answer: Answer) -> Item:
    return Item(fact, answer.to_json(), 0.1, judge(fact, answer, WORLD.documents))


def _items(answerable: list[float], unanswerable: list[float]) -> list[Item]:
    right, stray = honest(ANSWERABLE[1]), honest(ANSWERABLE[0])
    yes = [_item(replace(ANSWERABLE[1], id=f"q{n}"), replace(right, confidence=each)) for n, each in enumerate(answerable)]
    return yes + [_item(replace(UNANSWERABLE[1], id=f"u{n}"), replace(stray, confidence=each)) for n, each in enumerate(unanswerable)]


def test_kinds_that_can_be_told_apart_are() -> None:
    found = calibrate(_items([0.6 + n / 100 for n in range(30)], [0.2 + n / 100 for n in range(10)]))
    assert 0.29 < found.threshold < 0.6
    assert found.right == found.refused == found.balance == found.held_out == 1
    assert found.without == 0.5


def test_kinds_that_cannot_be_told_apart_gain_nothing_on_unseen_questions() -> None:
    same = [n / 40 for n in range(40)]
    found = calibrate(_items(same, same[::4]))
    assert found.held_out < 0.6


def test_a_threshold_does_not_depend_on_how_many_there_are_of_each_kind() -> None:
    few = calibrate(_items([0.5, 0.6, 0.7, 0.8, 0.9], [0.1, 0.2, 0.3, 0.4, 0.45]))
    many = calibrate(_items([0.5, 0.6, 0.7, 0.8, 0.9] * 10, [0.1, 0.2, 0.3, 0.4, 0.45]))
    assert few.threshold == pytest.approx(many.threshold, abs=0.06)


def test_wrong_answers_are_no_reason_to_answer() -> None:
    """Answerable but answered wrong below 0.5: refusing there costs nothing."""
    wrong = [_item(replace(ANSWERABLE[1], id=f"w{n}"), replace(honest(ANSWERABLE[0]), confidence=0.3)) for n in range(20)]
    found = calibrate(_items([0.8] * 10, [0.4] * 6) + wrong)
    assert 0.4 < found.threshold < 0.8 and found.refused == 1


def test_the_curve_goes_from_answering_all_to_refusing_all() -> None:
    points = curve(_items([0.7] * 5, [0.3] * 5))
    assert (points[0].answered, points[0].refused) == (1, 0)
    assert (points[50].answered, points[50].refused) == (1, 1)
    assert (points[100].answered, points[100].refused) == (0, 1)
    assert curve(_items([0.7], [])) == ()


def test_an_answer_refused_by_itself_stays_refused() -> None:
    items = [_item(UNANSWERABLE[0], refused("?", confidence=0.9)), *_items([0.7], [])]
    assert all(point.refused == 1 for point in curve(items))


def test_too_few_questions_are_refused() -> None:
    with pytest.raises(SettingsError, match="10 beantwoordbare en 4 onbeantwoordbare"):
        calibrate(_items([0.5] * 10, [0.1] * 4))


def test_the_settings_file(tmp_path: Path) -> None:
    found = calibrate(_items([0.8] * 6, [0.2] * 6))
    write(found, tmp_path / "app" / "calibration.json", {"set": "klein.yaml"})
    plain = json.loads((tmp_path / "app" / "calibration.json").read_text())
    assert plain["refusal_threshold"] == found.threshold == 0.5
    assert plain["found"]["held_out"] == 1 and plain["about"] == {"set": "klein.yaml"}
