"""A briefing on one subject: of the lines of all chapters those that are about it, with its core and what is still open.

A sentence is about a subject if it has the subject's words, or stands below a heading that has them. Words are compared by
their stem, and also inside a compound ("imam" in "imamopleiding"); an abbreviation between brackets in a heading counts too.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from app.brief_changes import telling
from app.brief_reading import Reading, Said, is_nota, say_when
from app.brief_state import open_questions
from app.brief_types import Draft, Part
from app.lexical import terms
from app.texts import say

_LINES = 5
_WHOLE_DOSSIER = ("about", "people", "timeline", "hidden", "missing", "state")


class Subject:
    """What tells whether words are about a subject."""

    def __init__(self, reading: Reading, topic: str) -> None:
        self._terms = [term for term in terms(topic) if len(term) > 2] or terms(topic)
        self._short = {
            match[1]
            for document in reading.originals
            for section in document.sections
            if self._has(section.heading) and (match := re.search(r"\(([A-Z]{2,6})\)", section.heading))
        }

    def about(self, said: Said) -> bool:
        return self.named_in(said.text) or any(map(self._has, said.path))

    def named_in(self, text: str) -> bool:
        return self._has(text) or any(re.search(rf"\b{short}\b", text) for short in self._short)

    def _has(self, text: str) -> bool:
        words = terms(text)
        return bool(self._terms) and all(any(t == w or (len(t) > 3 and t in w) for w in words) for t in self._terms)


def on_topic(reading: Reading, topic: str, parts: Sequence[Part], language: str, core: bool = True) -> list[Part]:
    """The chapters of a briefing on the subject; none if the documents have nothing on it."""
    subject = Subject(reading, topic)
    said = [
        s for s in reading.everything() if subject.about(s) and (s.section or not s.document.sections) and not s.text.startswith("Tabel")
    ]
    wanted = {(s.document.document_id, s.start) for s in said}
    about = [d for d in reading.originals if subject.named_in(d.title)]
    spans: dict[str, list[Said]] = {}
    for sentence in said:
        spans.setdefault(sentence.document.document_id, []).append(sentence)

    def belongs(draft: Draft) -> bool:
        if subject.named_in(draft.text):
            return True
        first = draft.sources[0]
        if (first.document_id, first.start) in wanted:
            return True
        return any(first.start <= s.start and s.end <= first.end for s in spans.get(first.document_id, ()))

    out = []
    if core and said:
        essence = _core(said, subject, language)
        rest = _state(said, subject, language)
        used = {d.sources[0] for d in essence.drafts}
        out += [essence, replace(rest, drafts=tuple(d for d in rest.drafts if d.sources[0] not in used))]
    for part in parts:
        if part.key in _WHOLE_DOSSIER:
            continue
        grids = tuple(
            g for g in part.grids if any(subject.named_in(cell) for row in g.rows for cell in row[:1]) or subject.named_in(g.caption)
        )
        drafts = tuple(d for d in part.drafts if belongs(d) or (d.data.get("kind") == "differs" and grids))
        out.append(Part(part.key, drafts, grids))
    if core:
        out.append(
            open_questions([s for s in said if subject.named_in(s.text) or subject.named_in(s.path[-1] if s.path else "")], language)
        )
    return out if said or about else []


def _core(said: Sequence[Said], subject: Subject, language: str) -> Part:
    """At most five sentences: those that name the subject, tell most, and are newest; no two of one section."""
    ranked = sorted(said, key=lambda s: -_weight(s, subject))
    chosen: list[Said] = []
    for sentence in ranked:
        tells = len(sentence.text.split()) >= 6 and not re.search(r"\b(?:te vinden|nader toegelicht)\b", sentence.text)
        if (
            len(chosen) < _LINES
            and tells
            and sentence.section not in [c.section for c in chosen]
            and not sentence.text.endswith((":", "?"))
        ):
            chosen.append(sentence)
    chosen.sort(key=lambda s: s.document.as_of or date.min, reverse=True)
    return Part("core", tuple(_draft(s, subject, language) for s in chosen))


def _state(said: Sequence[Said], subject: Subject, language: str) -> Part:
    """What the newest letter (else document) that speaks of it says, in the order of its text."""
    letters = [s for s in said if not is_nota(s.document)] or list(said)
    newest = max(letters, key=lambda s: s.document.as_of or date.min).document
    theirs = [s for s in letters if s.document is newest and not s.text.endswith(":")]
    return Part("state", tuple(_draft(s, subject, language) for s in theirs))


def _weight(said: Said, subject: Subject) -> float:
    newest = (said.document.as_of or date.min).toordinal() / 365
    heading = bool(said.path) and subject.named_in(said.path[-1])
    return telling(said) + 2.5 * subject.named_in(said.text) + 1.5 * heading + newest - (1 if is_nota(said.document) else 0)


def _draft(said: Said, subject: Subject, language: str) -> Draft:
    text = say(language, "brief_stated", quote=said.text, date=say_when(said.document, language))
    draft = Draft(text, (said.source,), {"date": str(said.document.as_of or "")}, _weight(said, subject))
    return replace(draft, head="")
