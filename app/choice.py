"""The controls of a question: which documents, kinds, senders, levels and months it is narrowed to, and quotes or own words."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import gradio as gr

from app.access import visitor
from app.narrow import Choice
from app.shelf import Shelf, say_month
from app.texts import TEXTS, say, say_date
from ingest.settings import settings
from ingest.types import Document

_FIELDS = ("documents", "kinds", "senders", "levels", "since", "until")


class Chooser:
    """`parts` are the controls, in the order of what `read` and `keep` take; `line` says in words what they come to.

    `mode`, the last of them, is for the page to render where a question is typed.
    """

    def __init__(self, shelf: Shelf, language: str) -> None:
        self._shelf, self._language = shelf, language
        with gr.Accordion(say(language, "narrow"), open=False, elem_id="keuze"):
            self.parts: list[Any] = [
                gr.Dropdown([], multiselect=True, label=say(language, "narrow_documents"), elem_id="keuze-stukken"),
                gr.CheckboxGroup([], label=say(language, "narrow_kinds")),
                gr.Dropdown([], multiselect=True, label=say(language, "narrow_senders")),
                gr.CheckboxGroup([], label=say(language, "narrow_levels"), visible=False),
                gr.Dropdown(self._months([]), value="", label=say(language, "narrow_since")),
                gr.Dropdown(self._months([]), value="", label=say(language, "narrow_until")),
            ]
        modes = [(say(language, "mode_quoted"), "quoted"), (say(language, "mode_written"), "written")]
        self.mode = gr.Radio(modes, value=settings().mode, label=say(language, "mode"), elem_id="wijze", render=False)
        self.parts.append(self.mode)
        self.line = gr.HTML("", elem_id="gekozen")
        gr.on([part.input for part in self.parts], self.changed, self.parts, self.line, show_progress="hidden", api_visibility="private")

    @property
    def keep_nothing(self) -> list[Any]:
        return [[], [], [], [], "", "", settings().mode]

    def read(self, values: Sequence[Any]) -> tuple[Choice, str]:
        """What the values of the controls narrow to, and the mode."""
        documents, kinds, senders, levels, since, until, mode = values
        lists = [tuple(chosen or ()) for chosen in (documents, kinds, senders, levels)]
        return Choice(lists[0], lists[1], lists[2], lists[3], since or "", until or ""), str(mode)

    def keep(self, values: Sequence[Any]) -> dict[str, Any]:
        """The values as they are kept with a conversation."""
        return dict(zip((*_FIELDS, "mode"), values, strict=True))

    def show(self, kept: Mapping[str, Any], allowed: Collection[str] | None) -> tuple[Any, ...]:
        """The controls and the line as they were kept, with what the index now holds for who has this allow-list."""
        shelf = self._shelf.readable(allowed)
        documents = list(shelf.documents().values())
        nothing = dict(zip((*_FIELDS, "mode"), self.keep_nothing, strict=True))
        values = {**nothing, **kept, "documents": [i for i in kept.get("documents") or [] if shelf.document(i)]}
        levels = self._levels(documents)
        return (
            gr.Dropdown(choices=self._titles(documents), value=values["documents"]),
            gr.CheckboxGroup(choices=self._kinds(documents), value=values["kinds"]),
            gr.Dropdown(choices=self._senders(documents), value=values["senders"]),
            gr.CheckboxGroup(choices=levels, value=values["levels"], visible=len(levels) > 1),
            gr.Dropdown(choices=self._months(shelf.months()), value=values["since"]),
            gr.Dropdown(choices=self._months(shelf.months()), value=values["until"]),
            values["mode"],
            self._say(list(values.values()), documents),
        )

    def changed(self, request: gr.Request, *values: Any) -> str:
        return self._say(values, list(self._shelf.readable(visitor(request).levels).documents().values()))

    def _say(self, values: Sequence[Any], documents: Sequence[Document]) -> str:
        """The choice in one line."""
        chosen = self.read(values)[0].among(documents)
        if chosen is None:
            return f"<p>{say(self._language, 'searched_all', count=len(documents))}</p>"
        return f"<p><strong>{say(self._language, 'searched_some', chosen=len(chosen), count=len(documents))}</strong></p>"

    def _titles(self, documents: Sequence[Document]) -> list[tuple[str, str]]:
        return [(f"{d.title} ({say_date(d.date, self._language)})", d.document_id) for d in documents]

    def _kinds(self, documents: Sequence[Document]) -> list[tuple[str, str]]:
        return [(TEXTS[self._language].get(f"kind_{kind}", kind), kind) for kind in sorted({d.kind for d in documents})]

    def _senders(self, documents: Sequence[Document]) -> list[tuple[str, str]]:
        return [(sender[:100], sender) for sender in sorted({d.sender for d in documents if d.sender})]

    def _levels(self, documents: Sequence[Document]) -> list[tuple[str, str]]:
        return [(level or say(self._language, "no_level"), level) for level in sorted({d.access for d in documents})]

    def _months(self, months: Sequence[str]) -> list[tuple[str, str]]:
        return [(say(self._language, "any_month"), ""), *((say_month(month, self._language), month) for month in months)]
