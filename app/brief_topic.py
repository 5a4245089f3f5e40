"""A briefing on one subject: of the lines of all chapters those that are about it, with its core and what is still open."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from app.brief_changes import alike, earlier_and_now, telling
from app.brief_reading import Reading, Said, is_nota, say_when, values_in, whole_list, with_antecedent
from app.brief_state import open_questions, place_of
from app.brief_subject import Subject
from app.brief_types import Draft, Part
from app.texts import say
from ingest.types import Document

_LINES = 5  # of the core
_FEW = 6  # sentences: a subject that is named less often gets the whole sections that name it
_OF_A_NOTA = 5  # most lines that one nota gives


def on_topic(reading: Reading, topic: str, parts: Sequence[Part], language: str, core: bool = True) -> list[Part]:
    """The chapters of a briefing on the subject; none if the documents have nothing on it."""
    subject = Subject(reading, topic)
    said = [
        s
        for s in reading.everything()
        if (subject.about(s) or subject.named_in(with_antecedent(reading, s).text))
        and (s.section or not s.document.sections)
        and not s.text.startswith("Tabel")
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
        named = draft.sources if draft.data.get("kind") in ("motion", "commitment") else draft.sources[:1]  # a motion: any mention
        if any((source.document_id, source.start) in wanted for source in named):
            return True
        return any(first.start <= s.start and s.end <= first.end for s in spans.get(first.document_id, ()))

    if not (said or about):
        return []
    letter = _letter(said) if said else None
    beside = {s.source for s in _around(reading, [s for s in said if s.document is letter])} if len(said) < _FEW else set()
    out = []
    if core and said:
        out += [_core(said, subject, language), _state(reading, said, subject, language)]
    for part in parts:
        whole = part.key == subject.chapter
        grids = tuple(
            g
            for g in part.grids
            if whole or any(subject.named_in(cell) for row in g.rows for cell in row[:1]) or subject.named_in(g.caption)
        )
        nearby = beside if part.key in ("figures", "coming") else set()
        drafts = tuple(
            d for d in part.drafts if whole or belongs(d) or d.sources[0] in nearby or (d.data.get("kind") == "differs" and grids)
        )
        if core and part.key == "notas":
            drafts += _in_notas(reading, said, subject, language, {s for d in drafts for s in d.sources})
        if core and part.key == "changes" and said:
            drafts = _earlier_and_now(reading, said, subject, language) + drafts
        out.append(Part(part.key, _once(drafts), grids))
    if core:
        named = [s for s in said if subject.named_in(s.text) or (s.path and subject.heads(s.path[-1]))]
        out.append(open_questions(named, language))
    return out


def _around(reading: Reading, said: Sequence[Said]) -> list[Said]:
    """The whole sections that these stand in."""
    return [other for s in {s.document.document_id: s for s in said}.values() for other in reading.said(s.document)
            if other.section and other.section in [t.section for t in said]]  # fmt: skip


def _earlier_and_now(reading: Reading, said: Sequence[Said], subject: Subject, language: str) -> tuple[Draft, ...]:
    """Of the sections on it in the newest letter; of a subject that is hardly named, of those that name it."""
    naming = {s.section.heading for s in said if s.section} if len(said) < _FEW else set()
    return earlier_and_now(reading, _letter(said), lambda s: subject.heads(s.heading) or s.heading in naming, language)


def _once(drafts: Sequence[Draft]) -> tuple[Draft, ...]:
    """Lines that say the same in two documents as one, with the sources of both."""
    kept: dict[str, Draft] = {}
    for draft in drafts:
        words = re.search(r"“(.*)”", draft.text, re.S)
        said = re.sub(r"[\W_]+", "", f"{draft.data.get('periods', '')}{words[1]}").lower() if words else ""
        key = said if said and "row" not in draft.data else draft.text
        before = kept.get(key)
        kept[key] = replace(before, sources=tuple(dict.fromkeys((*before.sources, *draft.sources)))) if before else draft
    return tuple(kept.values())


_DEFINES = re.compile(
    r"\b(?:houdt\s+in|betekent|geldt\s+voor|is\s+(?:een|wat|het|de)|zijn\s+(?:een|de)|betreft|bestaat\s+uit|heeft\s+(?:als|tot)\s+doel)\b",
    re.I,
)
_POINTS_BACK = re.compile(r"^(?:Dit|Dat|Deze|Die|Hier\w*|Daar\w*|Ook|Zij|Het\s+gaat|Het\s+betreft)\b|\bmoties?\b", re.I)
_UNCLEAR = re.compile(r"^(?:Zodra|Indien|Als|Mocht|Hierna|Hiermee|Hierdoor|Daarmee|Daarna|Daarbij)\b|\b(?:zij|hiervan|hierdoor|hiermee)\b")
_SAME = 0.5  # share of their words that two sentences have in common
_META = re.compile(r"\b(?:te\s+vinden|nader\s+toegelicht|hieronder|onderstaande?|bijgaande?|gaat\s+in\s+op)\b", re.I)
_FINITE = re.compile(
    r"\b(?:is|zijn|was|waren|wordt|worden|werd|werden|heeft|hebben|had|heb|kan|kunnen|zal|zullen|moet|moeten|mag|mogen|wil|willen|gaat|gaan|ga"
    r"|blijft|blijven|geldt|gelden|loopt|lopen|krijgt|krijgen|komt|komen|staat|staan|biedt|bieden|geeft|geven|kost|kosten|zet|zetten|ziet|zien"
    r"|vindt|vinden|doet|doen|maakt|maken|start|starten|werkt|werken|vraagt|vragen|blijkt|volgt|verschijnt|ontvangt|ontvangen|laat|laten"
    r"|vervalt|daalt|stijgt|neemt|nemen|ligt|liggen|verwacht|bevat|houdt|vormt|vormen|[a-z]{3,}(?:eert|igt|elt|ert))\b",
    re.I,
)


def _core(said: Sequence[Said], subject: Subject, language: str) -> Part:
    """At most five sentences: what the subject is, then those that name it, tell most, and are newest; of a section one, of the
    newest section on it two.
    """
    fit = [
        s
        for s in said
        if len(s.text.split()) >= 6 and s.role != "advies" and not _META.search(s.text) and not s.text.endswith((":", "?", ";"))
    ]
    defining = [
        s for s in fit if subject.opens(s.text) and subject.named_in(s.text) and _DEFINES.search(s.text) and not _POINTS_BACK.search(s.text)
    ]
    first = sorted(defining, key=lambda s: (subject.first(s.text), s.document.as_of or date.min))[-1:]
    chosen = [*first]
    newest = _letter(said)
    for sentence in sorted(fit, key=lambda s: -_weight(s, subject)):
        own = sentence.document is newest and bool(sentence.path) and subject.heads(sentence.path[-1])
        apart = [c.section for c in chosen if c not in first].count(sentence.section) < 1 + own
        if len(chosen) < _LINES and apart and all(alike(sentence.text, c.text) < _SAME for c in chosen):
            chosen.append(sentence)
    rest = sorted(chosen[len(first) :], key=lambda s: s.document.as_of or date.min, reverse=True)
    drafts = [_draft(s, subject, language) for s in (*first, *rest)]
    if first:
        drafts[0] = replace(drafts[0], weight=drafts[0].weight + 10)  # also on one page
    return Part("core", tuple(drafts))


def _letter(said: Sequence[Said]) -> Document:
    """The newest letter (else document) that speaks of it."""
    letters = [s for s in said if not is_nota(s.document)] or list(said)
    return max(letters, key=lambda s: s.document.as_of or date.min).document


def _state(reading: Reading, said: Sequence[Said], subject: Subject, language: str) -> Part:
    """What the newest letter that speaks of it says, in the order of its text: lists whole, below the headings if there are several.

    Of a subject that is hardly named, the whole sections that name it.
    """
    newest = _letter(said)
    theirs = [s for s in said if s.document is newest]
    if len(said) < _FEW:
        theirs = _around(reading, theirs) or theirs
    whole = [whole_list(s) for s in theirs]
    covered: list[tuple[int, int]] = []
    drafts = []
    headed = len({s.section.heading for s in theirs if s.section}) > 1
    for sentence in whole:
        if any(start <= sentence.start < end for start, end in covered) or sentence.text.endswith(":"):
            continue
        covered.append((sentence.start, sentence.end))
        if _META.search(sentence.text) and len(sentence.text.split()) < 30:
            continue
        draft = _draft(sentence, subject, language)
        drafts.append(replace(draft, head=place_of(sentence.section) if headed and sentence.section else ""))
    return Part("state", tuple(drafts))


def _in_notas(reading: Reading, said: Sequence[Said], subject: Subject, language: str, used: set[object]) -> tuple[Draft, ...]:
    """What the notas say of it, newest first: sentences that name it, and those that go on about what they name."""
    drafts: list[Draft] = []
    for document in filter(is_nota, reading.newest_first):
        there = [
            s for s in said if s.document is document and subject.named_in(s.text) and s.role not in ("advies", "planning", "bijlagen")
        ]
        best = sorted((s for s in there if not subject.listed_in(s.text)), key=lambda s: -_weight(s, subject))[:_OF_A_NOTA]
        end = -1
        for sentence in sorted(best, key=lambda s: s.start):
            together = _going_on(reading, sentence)
            if together.source not in used and sentence.start >= end and _FINITE.search(together.text):
                end = together.end
                data = {"kind": "said", "date": str(document.as_of or "")}
                head = f"{say_when(document, language)} – {document.title}"
                weight = (document.as_of or date.min).toordinal() / 1e5
                drafts.append(Draft(f"“{together.text}”", (together.source,), data, weight, head))
    return tuple(drafts)


def _going_on(reading: Reading, said: Said) -> Said:
    """A sentence with the rest of its line; and with the line below where its list has lines that begin alike, and that is not one."""
    text = said.document.text
    if said.text.endswith(":"):
        return whole_list(said)
    end = text.find("\n", said.end)
    end = len(text) if end < 0 else end
    section = said.section
    if section is None:
        return said
    lines = [(m.start(), m.end()) for m in re.finditer(r"[^\n]*\S", text[section.start : section.end])]
    places = [(section.start + a, section.start + b) for a, b in lines]
    here = next((i for i, (a, b) in enumerate(places) if a <= said.start < b), None)
    starts = [" ".join(text[a:b].split()[:2]) for a, b in places]
    if here is not None and here + 1 < len(places) and starts.count(starts[here]) > max(1, starts.count(starts[here + 1])):
        end = places[here + 1][1]
    joined = replace(said, end=max(said.end, min(end, section.end)))
    return joined if len(joined.text.split()) <= 90 else said


def _weight(said: Said, subject: Subject) -> float:
    newest = 2 * (said.document.as_of or date.min).toordinal() / 365
    heading = bool(said.path) and subject.heads(said.path[-1])
    named = subject.named_in(said.text)
    listed = named and ((said.text.count(",") >= 3 and not subject.opens(said.text)) or subject.listed_in(said.text))
    fragment = said.text[:1].islower() or not _FINITE.search(said.text)
    fragment = fragment or (not _FINITE.search(re.split(r"\b(?:die|dat|waar\w*|wat|hoe)\b", said.text)[0]) and _labelled(said))
    amount = subject.chapter == "money" and any(value.kind == "amount" for value in values_in(said.text))
    value = 2.0 * amount + telling(said) + 2.5 * named + 0.7 * subject.opens(said.text) + 1.5 * heading + newest
    unclear = bool(_UNCLEAR.search(said.text))
    hidden = "[redacted]" in said.text.lower()
    return value - 1.0 * is_nota(said.document) - 1.5 * listed - 2.5 * fragment - 1.5 * unclear - 2.0 * hidden


def _labelled(said: Said) -> bool:
    """Whether it is a line of a list below a label of a word or three: "Acties"."""
    text = said.document.text
    start = text.rfind("\n\n", 0, said.start)
    label = text[text.rfind("\n", 0, start) + 1 : start] if start > 0 else ""
    return 0 < len(label.split()) <= 3 and not label.endswith((".", ":"))


def _draft(said: Said, subject: Subject, language: str) -> Draft:
    text = say(language, "brief_stated", quote=said.text, date=say_when(said.document, language))
    return Draft(text, (said.source,), {"date": str(said.document.as_of or "")}, _weight(said, subject))
