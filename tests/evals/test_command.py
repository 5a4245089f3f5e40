"""The commands, from beginning to end, with the real assistant over two small documents."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from small_world import ANSWERABLE, FACTS, TEXTS, UNANSWERABLE, honest

from app.feedback import record
from evals.__main__ import main
from evals.known_facts import load, write


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with corpus/, an index to be, and the set klein.yaml."""
    folder = tmp_path_factory.mktemp("evals")
    (folder / "corpus").mkdir()
    for name, text in TEXTS.items():
        (folder / "corpus" / name).write_text(f"# {name.split('-')[0].title()}\n\n{text}\n", encoding="utf-8")
    write((*FACTS, replace(UNANSWERABLE[0], id="u9", question="Wat is de hoofdstad van Peru?")), folder / "klein.yaml")
    return folder


def _options(place: Path, *more: str) -> list[str]:
    return [str(place / "klein.yaml"), "--corpus", str(place / "corpus"), "--index", str(place / "index"), *more]


@pytest.fixture(scope="module")
def finished(place: Path) -> Path:
    """A finished run."""
    assert main(["run", *_options(place, "--out", str(place / "run"))]) == 0
    return place / "run"


def test_a_run_holds_all_that_replay_needs(finished: Path) -> None:
    about = json.loads((finished / "run.json").read_text())["about"]
    assert {"set_sha256", "corpus", "index", "mode", "fingerprint", "models", "settings", "seeds", "code", "versions"} <= set(about)
    assert about["models"] == {"embedding_model": "bundled", "llm_model": ""}
    assert (finished / "report.html").stat().st_size > 20_000


def test_the_real_assistant_finds_and_quotes(finished: Path) -> None:
    figures = json.loads((finished / "run.json").read_text())["figures"]
    assert figures["crashed"]["value"] == 0
    assert figures["recall@3"]["value"] == 1
    assert figures["quotes_verbatim"]["value"] in (1, None)


def test_replay_gives_the_same_answers(finished: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["replay", str(finished)]) == 0
    assert capsys.readouterr().out == "13 van 13 antwoorden gelijk.\n"


def test_replay_says_what_differs(finished: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plain = json.loads((finished / "run.json").read_text())
    plain["items"][0]["answer"]["text"] = "Iets anders"
    plain["about"]["fingerprint"] = "oud"
    (tmp_path / "run.json").write_text(json.dumps(plain))
    assert main(["replay", str(tmp_path)]) == 1
    said = capsys.readouterr().out
    assert "Omstandigheid anders: fingerprint: was oud" in said
    assert "Antwoord anders: q1: antwoord was 'Iets anders'" in said


def test_baseline_beside_the_run(finished: Path, place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["baseline", *_options(place, "--out", str(place / "base"), "--compare", str(finished))]) == 0
    assert "McNemar" in capsys.readouterr().out
    figures = json.loads((place / "base" / "run.json").read_text())["figures"]
    assert figures["recall@10"]["value"] == 1
    assert figures["quotes_verbatim"]["value"] == 1
    assert figures["refused_unanswerable"]["value"] == 0
    assert main(["compare", str(place / "base"), str(finished), "--out", str(place / "compare.html")]) == 0
    assert "Vergeleken met" in (place / "compare.html").read_text()


def test_the_gate_decides_the_exit_status(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for bound, status in ((0, 0), (1.01, 1)):
        (place / "gate.yaml").write_text(f"klein: {{recall@10: {bound}}}")
        assert main(["run", *_options(place, "--out", str(place / "gated"), "--gate", str(place / "gate.yaml"))]) == status
    assert "Drempel niet gehaald" in capsys.readouterr().err


def test_calibrate_writes_the_settings(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out, page = place / "calibration.json", place / "calibration.html"
    assert main(["calibrate", *_options(place, "--out", str(out), "--report", str(page))]) == 0
    assert 0 <= json.loads(out.read_text())["refusal_threshold"] <= 1
    assert "IJking" in page.read_text()
    assert "Kruisvalidatie" in capsys.readouterr().out


def test_check_and_convert(place: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", *_options(place)]) == 0
    for name in ("set.xlsx", "set.csv", "terug.yaml"):
        assert main(["convert", str(place / "klein.yaml"), str(tmp_path / name)]) == 0
        assert load(tmp_path / name) == load(place / "klein.yaml")
    wrong = tmp_path / "fout.yaml"
    wrong.write_text((place / "klein.yaml").read_text().replace("twaalf buurttuinen", "elf buurttuinen"))
    assert main(["check", str(wrong), *_options(place)[1:]]) == 1
    assert f"{wrong}:" in capsys.readouterr().out


def test_from_feedback(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    record(tmp_path / "f.sqlite", honest(ANSWERABLE[1]), "right")
    assert main(["from-feedback", "--database", str(tmp_path / "f.sqlite"), "--out", str(tmp_path / "uit.yaml")]) == 0
    assert load(tmp_path / "uit.yaml")[0].question == ANSWERABLE[1].question
    assert "1 bekende feiten" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["compare", "weg", "weg"], 1),
        (["from-feedback", "--database", "weg", "--out", "x.yaml"], 1),
        (["run", "weg.yaml", "--corpus", "weg"], 1),
        (["check", "weg.txt", "--corpus", "weg"], 1),
    ],
)
def test_what_is_missing_is_one_line(arguments: list[str], status: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == status
    said = capsys.readouterr().err
    assert said.count("\n") == 1 and "weg" in said


def test_wrong_usage_is_2(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["rn"])
    assert caught.value.code == 2
    capsys.readouterr()


def test_for_a_program_progress_and_outcome_are_json_and_an_index_may_be_measured_as_it_is(
    finished: Path, place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", str(place / "klein.yaml"), "--index", str(place / "index"), "--runs", str(place / "runs"), "--json"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert lines[:-1] == [{"done": done, "total": 13} for done in range(1, 14)]
    again = json.loads((place / "runs" / lines[-1]["run"] / "run.json").read_text())
    assert again["figures"]["correct"] == json.loads((finished / "run.json").read_text())["figures"]["correct"]
    assert main(["replay", str(place / "runs" / lines[-1]["run"])]) == 0
    assert main(["run", str(place / "klein.yaml")]) == 2
