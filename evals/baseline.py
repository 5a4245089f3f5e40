"""What a plain llama-index pipeline makes of the same documents: the measure for what this design gains.

SentenceSplitter of 256 tokens, dense top 3 of an in-memory VectorStoreIndex, the same embedding model. Quoted, it answers with
the three passages cut to 120 words; with a language model it answers with what the model writes, told to refuse when unsure.
"""

import time
from collections.abc import Mapping
from typing import Any

from app.types import Answer, Citation, Hit, Statement, Turn
from evals.metrics import MAX_WORDS
from evals.protocols import Writes
from ingest.embed import Encoder
from ingest.types import Document

CHUNK, OVERLAP, TOP, RETRIEVED = 256, 20, 3, 10
_MAX_TOKENS = 240  # of a written answer
_REFUSAL = "NIET GEVONDEN"
_PROMPT = (
    "Beantwoord de vraag kort en alleen met de passages hieronder, in de taal van de vraag. "
    f"Staat het antwoord er niet in, of twijfel je, antwoord dan alleen: {_REFUSAL}\n\n{{context}}\n\nVraag: {{question}}\nAntwoord:"
)


class Baseline:
    """Answers like the assistant (`Asks`). model: the language model that writes, the same as the assistant's; without it, quoted."""

    def __init__(self, documents: Mapping[str, Document], encoder: Encoder, model: Writes | None = None) -> None:
        from llama_index.core import Document as Text
        from llama_index.core import VectorStoreIndex
        from llama_index.core.node_parser import SentenceSplitter

        self._documents, self._model = documents, model
        nodes = SentenceSplitter(chunk_size=CHUNK, chunk_overlap=OVERLAP).get_nodes_from_documents(
            [Text(id_=identity, text=document.text) for identity, document in documents.items()]
        )
        index = VectorStoreIndex(nodes, embed_model=_embedding(encoder))
        self._retriever = index.as_retriever(similarity_top_k=RETRIEVED)

    def ask(self, turn: Turn, mode: str = "quoted") -> Answer:
        """The question alone is searched for: a plain pipeline knows no history."""
        began = time.perf_counter()
        found = self._retriever.retrieve(turn.question)
        hits = tuple(self._hit(each) for each in found)
        citations = tuple(self._citation(number, hit) for number, hit in enumerate(hits[:TOP], 1))
        retrieved_after = time.perf_counter() - began
        if self._model and mode == "written":
            context = "\n\n".join(f"[{each.number}] {each.quote}" for each in citations)
            prompt = _PROMPT.format(context=context, question=turn.question)
            text = "".join(self._model.stream([{"role": "user", "content": prompt}], _MAX_TOKENS)).strip()
            statements = [Statement(text, tuple(each.number for each in citations))]
        else:
            mode, statements = "quoted", _cut(citations)
            text = "\n".join(f"{each.text} [{each.citations[0]}]" for each in statements)
        refused = not citations or text.upper().startswith(_REFUSAL)
        seconds = time.perf_counter() - began
        return Answer(
            question=turn.question,
            status="not_found" if refused else "answered",
            mode=mode,
            text=text,
            statements=() if refused else tuple(statements),
            citations=() if refused else citations,
            retrieved=hits,
            seconds=seconds,
            timings={"retrieve": retrieved_after, "compose": seconds - retrieved_after},
            confidence=max(0.0, min(1.0, hits[0].score)) if hits else 0.0,
            fingerprint=f"llama-index {CHUNK}/{TOP}",
        )

    def _hit(self, scored: Any) -> Hit:
        document = self._documents[scored.node.ref_doc_id]
        # The splitter may have trimmed white space, so the place is looked up.
        start = document.text.find(scored.node.text)
        section = document.section_at(start)
        return Hit(
            passage_id=scored.node.node_id,
            document_id=document.document_id,
            source=document.source_name,
            section=section.label if section else "",
            text=scored.node.text,
            score=float(scored.score or 0.0),
            start=start,
            end=start + len(scored.node.text),
        )

    def _citation(self, number: int, hit: Hit) -> Citation:
        document = self._documents[hit.document_id]
        return Citation(
            number=number,
            document=hit.document_id,
            title=document.title,
            date=document.date.isoformat() if document.date else document.period,
            source=hit.source,
            page=document.page_at(hit.start),
            section=hit.section,
            quote=hit.text,
            start=hit.start,
            end=hit.end,
        )


def _cut(citations: tuple[Citation, ...]) -> list[Statement]:
    """The quotes in order until 120 words, the marks included, are used up."""
    left, statements = MAX_WORDS, list[Statement]()
    for each in citations:
        words = each.quote.split()[: max(0, left - 1)]
        if words:
            statements.append(Statement(" ".join(words), (each.number,)))
            left -= len(words) + 1
    return statements


def _embedding(encoder: Encoder) -> Any:
    """Our encoder as a llama-index embedding model."""
    from llama_index.core.base.embeddings.base import BaseEmbedding

    class Adapter(BaseEmbedding):  # type: ignore[misc]
        def _get_query_embedding(self, query: str) -> list[float]:
            return [float(value) for value in encoder.question(query).dense]

        async def _aget_query_embedding(self, query: str) -> list[float]:
            return self._get_query_embedding(query)

        def _get_text_embedding(self, text: str) -> list[float]:
            return self._get_text_embeddings([text])[0]

        def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
            return [[float(value) for value in each.dense] for each in encoder.passages(texts)]

    return Adapter(model_name=encoder.identity, embed_batch_size=64)
