"""What is said of a table, on a small one of our own."""

import pytest

from app.cell import cell_lead
from app.question import understand
from app.types import Turn
from ingest.types import Cell, Table

COLUMNS = ("2025", "2026", "Struc.")
VALUES = {"Fietsbruggen": ("1,5", "2,0", "3"), "Stallingen (1.2)": ("", "0,4", ""), "Totaal": ("1,5", "2,5", "3")}


def table(uncertain: bool = False) -> Table:
    cells = tuple(
        Cell(row, column, value, 0, 1) for row, values in VALUES.items() for column, value in zip(COLUMNS, values, strict=True) if value
    )
    return Table("Tabel: middelen (x 1 mln.)", "x 1 mln.", (("", *COLUMNS), *((r, *v) for r, v in VALUES.items())), cells, 0, 1, uncertain)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("Hoeveel gaat er in 2026 naar fietsbruggen?", "Fietsbruggen, 2026: 2,0 (x 1 mln.)."),
        ("En structureel voor fietsbruggen?", "Fietsbruggen, Struc.: 3 (x 1 mln.)."),
        ("In welk jaar valt het bedrag voor stallingen?", "Stallingen (1.2), 2026: 0,4 (x 1 mln.)."),
        ("totaal 2025", "Totaal, 2025: 1,5 (x 1 mln.)."),
        ("Hoeveel in 2026 voor fietsbruggen en stallingen?", "Fietsbruggen, 2026: 2,0 (x 1 mln.); Stallingen (1.2), 2026: 0,4 (x 1 mln.)."),
        ("Wie betaalt de veerpont in 2026?", ""),
        ("Hoeveel voor fietsbruggen in 2031?", ""),
        (
            "Hoeveel voor fietsbruggen?",
            "Fietsbruggen, 2025: 1,5 (x 1 mln.); Fietsbruggen, 2026: 2,0 (x 1 mln.); Fietsbruggen, Struc.: 3 (x 1 mln.).",
        ),
    ],
)
def test_the_cell_that_is_asked(asked: str, said: str) -> None:
    assert cell_lead(understand(Turn(asked)), table()) == said


def test_a_sum_is_computed_and_said_to_be() -> None:
    assert "tellen op tot 2,4, maar het totaal in de tabel is 2,5 (berekend" in cell_lead(
        understand(Turn("Tellen de posten van 2026 op?")), table()
    )
    assert "tellen op tot 1,5; dat is ook" in cell_lead(understand(Turn("Klopt het totaal van 2025?")), table())


def test_of_an_uncertain_table_nothing_is_said() -> None:
    assert cell_lead(understand(Turn("Hoeveel gaat er in 2026 naar fietsbruggen?")), table(uncertain=True)) == ""
