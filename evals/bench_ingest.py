"""Where the time of an ingest goes: `python -m evals.bench_ingest` indexes made-up notas of about 2,000 passages in a temporary
index and prints passages a second and the share of the time that the encoder takes (goal: at least 80 %).
"""

import argparse
import random
import re
import tempfile
from pathlib import Path

from ingest.pipeline import index

GOAL = 0.80
_WORDS = re.findall(
    r"\w+",
    "gemeente plan budget fietser stalling boom straat school bewoner raad besluit jaar kosten uitvoering onderzoek subsidie "
    "regeling advies wijk vereniging werk taal begroting planning overleg minister brief bijlage maatregel resultaat",
)


def write_notas(folder: Path, passages: int, seed: int = 1) -> None:
    """Markdown files of ten sections each, about one passage of 100 to 140 words a section."""
    chance = random.Random(seed)

    def sentence() -> str:
        words = chance.choices(_WORDS, k=chance.randint(9, 17))
        return f"{' '.join(words).capitalize()} {chance.randint(2, 99)} procent."

    for number in range(passages // 10):
        sections = (f"## Onderdeel {part}\n\n{' '.join(sentence() for _ in range(9))}\n" for part in range(1, 11))
        text = f"# Nota {number}\n\n" + "\n".join(sections)
        (folder / f"nota-{number:04}.md").write_text(text, encoding="utf-8")


def main() -> int:
    parser = argparse.ArgumentParser(description="Measures an ingest with the real encoder.")
    parser.add_argument("--passages", type=int, default=2000)
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "stukken"
        folder.mkdir()
        write_notas(folder, options.passages)
        report = index([folder], Path(scratch) / "index", jobs=options.jobs)
    seconds = report.seconds
    share = seconds["encoding"] / seconds["total"]
    rate = report.passages / seconds["total"]
    print(f"{report.passages} passages of {len(report.indexed)} files in {seconds['total']:.1f} s: {rate:.1f} a second")
    print(f"encoder {100 * share:.1f} % of the time (goal: at least {100 * GOAL:.0f} %), writing {seconds['writing']:.1f} s")
    print(f"reading and the rest {seconds['reading']:.1f} s")
    return 0 if share >= GOAL else 1


if __name__ == "__main__":
    raise SystemExit(main())
