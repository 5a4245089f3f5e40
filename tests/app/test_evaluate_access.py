"""Who may measure, and whose runs are shown: no more than somebody may read."""

import json
from pathlib import Path

import pytest

from app.evaluations import Evaluations
from ingest.access import allow_list
from ingest.errors import LoadError

RUNS = {"open": ["openbaar"], "intern": ["intern", "openbaar"], "noord": ["openbaar", "groep noord"], "alles": None}


@pytest.fixture
def evaluations(tmp_path: Path) -> Evaluations:
    for name, access in RUNS.items():
        folder = tmp_path / "evals" / name
        folder.mkdir(parents=True)
        about = {"set": "s.yaml", "system": "dossierwijzer", "mode": "quoted", "created": "2026-03-03T10:00:00+00:00", "access": access}
        about["index"] = str(tmp_path / "index")
        items = [{"answer": None}, {"answer": {"citations": [{"document": "a"}], "retrieved": [{"document": "a"}, {"document": "b"}]}}]
        folder.joinpath("run.json").write_text(json.dumps({"about": about, "figures": {"correct": {"value": 0.5}}, "items": items}))
        folder.joinpath("report.html").write_text(name)
    return Evaluations(tmp_path / "index")


@pytest.mark.parametrize(
    ("groups", "seen"),
    [
        ([], {"open"}),
        (["intern"], {"open", "intern"}),
        (["vertrouwelijk"], {"open", "intern"}),
        (["groep noord"], {"open", "noord"}),
        (None, set(RUNS)),
    ],
)
def test_a_run_is_shown_to_who_may_read_what_it_asked(evaluations: Evaluations, groups: list[str] | None, seen: set[str]) -> None:
    levels = None if groups is None else allow_list(groups)
    assert {name for _, name in evaluations.runs("nl", levels, "ab")} == seen
    for name in RUNS:
        if name in seen:
            assert evaluations.report(name, levels, "ab").read_text() == name
        else:
            with pytest.raises(LoadError):
                evaluations.report(name, levels, "ab")
            with pytest.raises(LoadError):
                evaluations.report("open", levels, "ab", name)
    label, _ = evaluations.runs("nl", levels, "ab")[0]
    assert "s.yaml, 3 maart 2026" in label and "50 % juist" in label


def test_a_run_is_gone_for_who_may_no_longer_read_what_it_used(evaluations: Evaluations, tmp_path: Path) -> None:
    levels = allow_list([])
    assert evaluations.runs("nl", levels, "ab") and not evaluations.runs("nl", levels, "a")
    with pytest.raises(LoadError):
        evaluations.report("open", levels, "a")
    assert Evaluations(tmp_path / "other").runs("nl", levels, "")  # of a set with documents of its own
    assert len(evaluations.runs("nl", None, "")) == len(RUNS)
