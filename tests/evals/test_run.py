"""Runs: resumed where they were broken off, kept as JSON, gated, replayed."""

from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from small_world import ANSWERABLE, FACTS, WORLD, Assistant, Trace, honest, refused

from app.types import Answer, Turn
from evals import runs
from evals.evaluate import evaluate, folder_for
from evals.gate import gate
from evals.known_facts import write
from evals.replay import replay
from evals.run import run
from evals.types import KnownFact, Run
from ingest.errors import LoadError, SettingsError

ABOUT = {"set": "klein.yaml", "system": "proef", "set_sha256": "1", "fingerprint": "klein", "settings": {"threads": 0}}


@dataclass
class Counting:
    """Answers honestly, remembers what was asked, and stops the run at the question `stop`."""

    stop: str = ""
    asked: list[str] = field(default_factory=list)

    def ask(self, turn: Turn, mode: str = "quoted") -> Answer:
        fact = next(each for each in FACTS if each.question == turn.question)
        if fact.id == self.stop:
            raise KeyboardInterrupt
        self.asked.append(fact.id)
        return replace(honest(fact), mode=mode)


def quiet(done: int, total: int) -> None:
    pass


def test_a_run_broken_off_goes_on_where_it_was(tmp_path: Path) -> None:
    partial = tmp_path / "partial.jsonl"
    first, second = Counting(stop="q5"), Counting()
    with pytest.raises(KeyboardInterrupt):
        run(first, FACTS, WORLD, ABOUT, partial=partial, progress=quiet)
    with partial.open("a") as file:
        file.write('{"fact": {"id": "half a li')
    steps: list[tuple[int, int]] = []
    result = run(second, FACTS, WORLD, ABOUT, partial=partial, progress=lambda done, total: steps.append((done, total)))
    assert first.asked == ["q1", "q2", "q3", "q4"]
    assert second.asked == [fact.id for fact in FACTS[4:]]
    assert [item.fact.id for item in result.items] == [fact.id for fact in FACTS]
    assert steps == [(number, 12) for number in range(5, 13)]
    assert result.overall["correct"].value == 1


@pytest.mark.parametrize("change", [{"mode": "written"}, {"about": {**ABOUT, "fingerprint": "ander"}}])
def test_a_run_under_other_circumstances_begins_anew(tmp_path: Path, change: dict[str, object]) -> None:
    partial = tmp_path / "partial.jsonl"
    with pytest.raises(KeyboardInterrupt):
        run(Counting(stop="q5"), FACTS, WORLD, ABOUT, partial=partial, progress=quiet)
    again = Counting()
    run(again, FACTS, WORLD, **{"about": ABOUT, "partial": partial, "progress": quiet, **change})  # type: ignore[arg-type]
    assert len(again.asked) == 12


def test_a_crash_is_tried_again_on_resuming(tmp_path: Path) -> None:
    def crashes(fact: KnownFact) -> Answer:
        if fact.id == "q2":
            raise OSError("server weg")
        return honest(fact)

    run(Assistant(crashes), FACTS, WORLD, ABOUT, partial=tmp_path / "p", progress=quiet)
    again = Counting()
    assert run(again, FACTS, WORLD, ABOUT, partial=tmp_path / "p", progress=quiet).overall["crashed"].value == 0
    assert again.asked == ["q2"]


def test_several_workers_give_the_same_run() -> None:
    one = run(Counting(), FACTS, WORLD, ABOUT, progress=quiet)
    four = run(Counting(), FACTS, WORLD, ABOUT, workers=4, progress=quiet)
    assert [item.answer for item in one.items] == [item.answer for item in four.items]


@pytest.mark.parametrize(("mode", "calls"), [("quoted", len(FACTS)), ("written", 1)])
def test_a_trace_leads_to_blame_and_nothing_is_done_twice(mode: str, calls: int) -> None:
    traced: list[str] = []

    @dataclass(frozen=True)
    class Tracing(Assistant):
        def trace(self, turn: Turn) -> Trace:
            traced.append(turn.question)
            return Trace(super().ask(turn), WORLD.hits(), ())

        def ask(self, turn: Turn, mode: str = "quoted") -> Answer:
            assert mode == "written"
            return super().ask(turn, mode)

    result = run(Tracing(lambda fact: refused("?") if fact.id == "q3" else honest(fact)), FACTS, WORLD, ABOUT, mode, progress=quiet)
    assert len(traced) == calls and ANSWERABLE[2].question in traced
    assert [item.blame.stage for item in result.items if item.blame] == ["retrieval"]


def scored(reply: Assistant | Counting) -> Run:
    return run(reply, FACTS, WORLD, ABOUT, progress=quiet)


def test_a_run_is_read_back_as_it_was(tmp_path: Path) -> None:
    result = scored(Assistant(lambda fact: refused("?") if fact.id == "q1" else honest(fact)))
    runs.save(result, tmp_path / "run.json")
    back = runs.open_run(tmp_path)
    assert back == result
    assert back.items[0].blame is not None


@pytest.mark.parametrize("text", [None, "{", "{}", '{"version": 99}', "[]"])
def test_what_is_no_run(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / "run.json").write_text(text)
    with pytest.raises(LoadError):
        runs.open_run(tmp_path)


@pytest.mark.parametrize(
    ("thresholds", "missed"),
    [
        ("klein: {correct: 0.95, false_refusals: 0.1}", ["correct", "false_refusals"]),
        ("klein: {correct: 0.8, false_refusals: 0.2}\ndefault: {correct: 1.0}", []),
        ("default: {correct: 1}", ["correct"]),
    ],
)
def test_gate(tmp_path: Path, thresholds: str, missed: list[str]) -> None:
    result = scored(Assistant(lambda fact: refused("?") if fact.id == "q1" else honest(fact)))
    (tmp_path / "t.yaml").write_text(thresholds)
    found = gate(result, tmp_path / "t.yaml")
    assert len(found) == len(missed) and all(f"({name})" in text for name, text in zip(missed, found, strict=True))


def test_a_figure_that_cannot_be_measured_misses_its_threshold(tmp_path: Path) -> None:
    result = run(Assistant(lambda fact: refused("?")), FACTS[-1:], WORLD, ABOUT, progress=quiet)
    (tmp_path / "t.yaml").write_text("default: {quotes_verbatim: 1}")
    assert "niet te meten" in gate(result, tmp_path / "t.yaml")[0]


@pytest.mark.parametrize("thresholds", ["ander: {correct: 1}", "klein: {corect: 1}", "klein: {correct: hoog}", "{", ""])
def test_a_gate_that_is_wrong_is_refused(tmp_path: Path, thresholds: str) -> None:
    (tmp_path / "t.yaml").write_text(thresholds)
    with pytest.raises(SettingsError):
        gate(scored(Counting()), tmp_path / "t.yaml")


def test_replay_says_the_same_or_what_differs() -> None:
    old = scored(Counting())
    assert replay(old, scored(Counting())).same
    other = scored(Assistant(lambda fact: refused("?") if fact.id == "q1" else honest(fact)))
    other = replace(other, about={**other.about, "fingerprint": "ander", "settings": {"threads": 2}})
    found = replay(old, other)
    assert not found.same
    assert found.circumstances == ("fingerprint: was klein, is nu ander", "settings.threads: was 0, is nu 2")
    assert found.answers == ("q1: status was 'answered', is nu 'not_found'",)


def test_evaluate_leaves_a_run_and_a_report(tmp_path: Path) -> None:
    write(FACTS, tmp_path / "klein.yaml")
    folder = tmp_path / "uit"
    result = evaluate(Counting(), WORLD, tmp_path / "klein.yaml", folder, ABOUT, progress=quiet)
    assert sorted(path.name for path in folder.iterdir()) == ["report.html", "run.json"]
    assert runs.open_run(folder) == result
    assert result.problems == ()


def test_an_unfinished_folder_is_taken_up_again(tmp_path: Path) -> None:
    name = Path("klein.yaml")
    done, half = tmp_path / "klein-a-quoted-20250101-000000", tmp_path / "klein-a-quoted-20240101-000000"
    for folder in (done, half):
        folder.mkdir()
        (folder / "partial.jsonl").touch()
    (done / "run.json").touch()
    assert folder_for(name, "a", "quoted", tmp_path) == half
    assert folder_for(name, "b", "quoted", tmp_path).name.startswith("klein-b-quoted-")
