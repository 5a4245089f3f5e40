"""What a quoted answer says of a place that is blacked out in the metadata column of a nota."""

from pathlib import Path

import pytest

from app.compose import compose
from app.question import understand
from app.texts import say
from app.types import Evidence, Turn
from ingest.library import Library
from ingest.pipeline import index
from ingest.settings import Settings
from tests.ingest.doubles import WordEncoder

NOTA = """TER BESLISSING

Datum
06-11-2024

Opgesteld door
[redacted]

Aan Wethouder

# nota

Fietsenstalling aan de Laan

## Aanleiding

De stalling is klein.
"""


@pytest.mark.parametrize(
    ("question", "leads"),
    [("Door wie is de nota over de fietsenstalling opgesteld?", True), ("Aan wie is de nota over de fietsenstalling gericht?", False)],
)
def test_a_name_that_is_blacked_out_leads_only_where_it_is_asked(tmp_path: Path, question: str, leads: bool) -> None:
    (tmp_path / "stalling.md").write_text(NOTA, encoding="utf-8")
    index([tmp_path / "stalling.md"], tmp_path / "index", Settings(), WordEncoder())
    library = Library(tmp_path / "index", Settings(), WordEncoder().identity)
    (passage,) = [p for p in library.passages.values() if p.kind == "metadata"]
    evidence = Evidence(passage.document_id, passage.passage_id, passage.start, passage.end, passage.text, 1.0)
    answer = compose(understand(Turn(question)), [evidence], library, [])
    assert answer.statements[0].text.startswith(say("nl", "redacted")) is leads
