"""Blacked-out places with the ground that a comment on the same page gives for them ("Lakken op grond van …")."""

import re
from collections.abc import Sequence
from dataclasses import replace

from ingest.canvas import Canvas
from ingest.types import Annotation, Redaction

_GROUND = re.compile(r"[Ll]akken op grond van\s+(.+)")


def with_grounds(canvas: Canvas, annotations: Sequence[Annotation]) -> tuple[Redaction, ...]:
    """The redactions of the running text, with the ground of the comment whose number stands behind them; else, of several on a
    page, the one that was noted nearest.

    A ground on a page that shows no place (the bar left no trace in the text) stands at the comment itself.
    """
    grounds = [(match[1].strip(), note) for note in annotations if (match := _GROUND.search(note.text))]
    pages = {r.page for r in canvas.redactions}
    unseen = [(ground, note) for ground, note in grounds if note.page not in pages and note.marked_start < 0]
    found = [Redaction(note.start, note.start, note.page, ground, note.start, note.end) for ground, note in unseen]
    numbers = [note.number for note in annotations]
    for place in canvas.redactions:
        marked = re.match(r"\s(\d{1,2})\b", canvas.text[place.end : place.end + 4])  # the number of the comment stands behind the gap
        if marked and numbers.count(marked[1]) == 1:
            own = next(((ground, note) for ground, note in grounds if note.number == marked[1]), None)
            found.append(replace(place, ground=own[0], ground_start=own[1].start, ground_end=own[1].end) if own else place)
            continue
        near = [(_distance(note, place), i) for i, (_, note) in enumerate(grounds) if note.page == place.page or note.marked_start >= 0]
        if near:
            ground, note = grounds[min(near)[1]]
            place = replace(place, ground=ground, ground_start=note.start, ground_end=note.end)
        found.append(place)
    return tuple(sorted(found, key=lambda r: r.start))


def _distance(note: Annotation, place: Redaction) -> int:
    """Characters from a place to the block beside which the comment stands; 0 where that is not known."""
    return max(note.marked_start - place.start, place.start - note.marked_end, 0) if note.marked_start >= 0 else 0
