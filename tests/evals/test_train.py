"""How what is learned is put together; the learning itself takes an hour and is measured in evals/NOTES.md."""

from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest

from app.late import QuestionMap
from evals.train import FOLDS, UNSEEN, Example, blend, grouped, left_out, training_sets
from ingest.adapter import Adapter


def a_map(seed: int, rank: int) -> QuestionMap:
    numbers = np.random.default_rng(seed)

    def random(*shape: int) -> np.ndarray:
        return numbers.standard_normal(shape).astype(np.float32)

    return QuestionMap(Adapter(9, {"part": random(rank, 6)}, {"part": random(5, rank)}), random(6), random(6, 6), random(6))


def test_a_blend_adds_the_average_of_the_differences() -> None:
    one, other = a_map(1, 2), a_map(2, 3)
    both = blend([one, other])
    expected = (one.adapter.differences()["part"] + other.adapter.differences()["part"]) / 2
    assert both.adapter.differences()["part"] == pytest.approx(expected, abs=1e-6)
    for name in ("centre", "matrix", "weigh"):
        assert getattr(both, name) == pytest.approx((getattr(one, name) + getattr(other, name)) / 2, abs=1e-6)


def test_a_fold_leaves_out_whole_dossiers_and_of_a_large_one_a_part() -> None:
    dossiers = [object() for _ in range(6)]
    examples = [cast(Example, SimpleNamespace(library=dossiers[0])) for _ in range(500)]
    examples += [cast(Example, SimpleNamespace(library=each)) for each in dossiers[1:] for _ in range(10)]
    large, rest = grouped(examples)
    assert (len(large), len(rest)) == (500, 50)
    for group in (large, rest):
        out = [left_out(group, fold) for fold in range(FOLDS)]
        assert sorted(place for places in out for place in places) == list(range(len(group)))
    for fold in range(FOLDS):
        places = left_out(rest, fold)
        assert not {id(rest[i].library) for i in places} & {id(e.library) for i, e in enumerate(rest) if i not in places}


def test_the_dossier_to_measure_on_is_not_learned_from() -> None:
    names = {path.stem for path, _ in training_sets()}
    assert {"waterveiligheid", "feitenbladen"} <= names and not names & {*UNSEEN, "actieagenda"}
    assert all(path.is_file() and corpus.is_dir() for path, corpus in training_sets())
