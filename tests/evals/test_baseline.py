"""The plain pipeline with a language model: it gets the passages and the question, and a refusal of its is one."""

from collections.abc import Iterator, Sequence

from small_world import WORLD

from app.types import Turn
from evals.baseline import Baseline
from ingest.embed import SentenceTransformerEncoder
from ingest.settings import settings


class Model:
    """Says the prepared reply in pieces, and keeps what it was asked."""

    def __init__(self, reply: str) -> None:
        self.reply, self.asked = reply, list[dict[str, str]]()

    def stream(self, messages: Sequence[dict[str, str]], max_tokens: int) -> Iterator[str]:
        self.asked += messages
        yield from (self.reply[:3], self.reply[3:])


def test_the_same_language_model_writes_from_the_passages() -> None:
    encoder = SentenceTransformerEncoder(settings())
    model = Model("Twaalf tuinen.")
    answer = Baseline(WORLD.documents, encoder, model).ask(Turn("Hoeveel tuinen komen er?"), "written")
    assert (answer.status, answer.mode, answer.text) == ("answered", "written", "Twaalf tuinen.")
    prompt = model.asked[0]["content"]
    assert "twaalf buurttuinen" in prompt and "Hoeveel tuinen komen er?" in prompt
    assert answer.statements[0].citations == tuple(citation.number for citation in answer.citations)
    refused = Baseline(WORLD.documents, encoder, Model("Niet gevonden.")).ask(Turn("Wie is de koning?"), "written")
    assert (refused.status, refused.citations) == ("not_found", ())
    assert Baseline(WORLD.documents, encoder, model).ask(Turn("Hoeveel tuinen komen er?")).mode == "quoted"
