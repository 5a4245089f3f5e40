"""Where the text of a file refers to its footnotes: numbers glued behind a word, and the signs that OCR made of them."""

import re

from ingest.blocks import Block, note_mark
from ingest.text_pages import Page


def mark_notes(blocks: list[Block], pages: list[Page]) -> list[Block]:
    """Put a mark where a page's text refers to one of its notes: the number glued behind a word, or a sign that OCR
    made of it, in order; a note whose mark is lost keeps none."""
    out = list(blocks)
    for page in pages:
        places: dict[str, tuple[int, int, int]] = {}
        body = [k for k, b in enumerate(out) if b.page in (page.number, page.number - 1) and b.kind in ("paragraph", "item", "heading")]
        at = (0, 0)
        for number, _ in page.notes:
            # Not after "9," or "3.": that is 9,2 kilometer, or paragraph 3.3; after a year it is a mark.
            glued = re.compile(rf"(?:(?<=[^\W\d_]{{3}})|(?<=[;:)’”'])|(?<=[^\d][.,])|(?<=(?:19|20)\d\d[.,])){number}(?=[\s.,;)]|$)")
            apart = re.compile(rf"(?<=[.)”]) {number}(?= )")
            for pattern, k in [(p, k) for p in (glued, apart) for k in body if k >= at[0]]:
                match = pattern.search(out[k].text, at[1] if k == at[0] else 0)
                if match and not re.search(r"\bnr\.? ?$|\bartikel $", out[k].text[: match.start()]):
                    places[number] = (k, match.start(), match.end())
                    at = (k, match.end())
                    break
        _guess_garbled(out, page, body, places)
        for number, (k, start, end) in sorted(places.items(), key=lambda p: (p[1][0], -p[1][1])):
            out[k] = out[k].spliced(start, end, note_mark(number))
    return out


def _guess_garbled(out: list[Block], page: Page, body: list[int], places: dict[str, tuple[int, int, int]]) -> None:
    missing = [n for n, _ in page.notes if n not in places]
    signs = [
        (k, m.start(1), m.end(1))
        for k in body
        if out[k].page == page.number
        for m in re.finditer(r"(?<=[.!?’”])(['’]?[+*°®>£]{1,2})(?=\s|$)", out[k].text)
    ]
    order = [n for n, _ in page.notes]
    for k, start, end in signs:
        fitting = [
            n
            for n in missing
            if all(places[m] < (k, start, end) for m in order[: order.index(n)] if m in places)
            and all(places[m] > (k, start, end) for m in order[order.index(n) + 1 :] if m in places)
        ]
        if fitting:
            before = [places[m][0] for m in order if m in places and places[m] < (k, start, end)]
            skipped = len([b for b in body if before and max(before) < b < k and out[b].kind == "item"])
            number = fitting[min(skipped, len(fitting) - 1)]
            places[number] = (k, start, end)
            missing.remove(number)


def mark_unknown(blocks: list[Block]) -> list[Block]:
    """Without notes in the file: numbers glued behind words that count up 1, 2, 3, … are marks all the same."""
    out, expected, found = list(blocks), 1, []
    for k, block in enumerate(out):
        if block.kind not in ("paragraph", "item"):
            continue
        at = 0
        mark = r"(?:(?<=[a-zà-ÿ)»”A-Z][.,;:»”)])|(?<=\d[;:»”)])|(?<=(?:19|20)\d\d[.,])|(?<=[a-zà-ÿ]{2})|(?<=[A-Z]{3}))%d(?=[\s.,;)]|$)"
        while match := re.compile(mark % expected).search(block.text, at):
            found.append((k, match.start(), match.end(), str(expected)))
            at, expected = match.end(), expected + 1
    if len(found) < 3:
        return out
    for k, start, end, number in reversed(found):
        out[k] = out[k].spliced(start, end, note_mark(number))
    return out
