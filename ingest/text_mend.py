"""Blocks of a text file made whole: sentences that a page break cuts in two, and short lines that only look like headings."""

import re
from collections import Counter
from dataclasses import replace

from ingest.blocks import Block, without_marks
from ingest.text_lines import NUMBERED, SIGNATURE
from ingest.tidy import join_lines


def join_over_pages(blocks: list[Block]) -> list[Block]:
    """Mend sentences that a page break, a blank line, a footnote or the side column interrupts."""
    out: list[Block] = []
    for block in blocks:
        if out and block.kind == "heading" and not block.level and SIGNATURE.search(out[-1].text):
            block = replace(block, kind="paragraph")  # the name below a signature
        last = next((k for k in range(len(out) - 1, -1, -1) if out[k].kind in ("paragraph", "item", "heading", "table")), None)
        if last is not None and block.kind in ("paragraph", "item", "heading") and out[last].kind in ("paragraph", "item", "heading"):
            a, b = without_marks(out[last].text).rstrip(), block.text
            continues = bool(re.match(r"[a-zà-ÿ(]", b)) and not re.match(r"[a-z]\. |nota\b", b) and block.kind != "item"
            unfinished = len(a) > 25 and not re.search(r"[.!?:;”\"]\d{0,2}$", a) and not (out[last].kind == "heading" and out[last].level)
            wide = out[last].kind != "heading" or len(a) > 45
            if continues and unfinished and wide:
                kind = "paragraph" if out[last].kind == "heading" and re.search(r"[.!?;]$", b) else out[last].kind
                joined = join_lines([out[last].text, b])
                out[last] = replace(out[last].joined(joined, len(joined) - len(b), block), kind=kind)
                continue
        out.append(block)
    return out


def labels_and_lists(blocks: list[Block]) -> list[Block]:
    """Short lines that only look like headings: labels that recur over lists, and runs of three or more (a list)."""
    recurring = {t for t, n in Counter(b.text for b in blocks if b.kind == "heading" and not b.level).items() if n >= 4}
    out = [replace(b, kind="paragraph") if b.kind == "heading" and b.text in recurring and not b.level else b for b in blocks]
    for i in range(len(out) - 1):  # numbered lines without text below them are a list
        pair = out[i], out[i + 1]
        if all(b.kind in ("heading", "item") and not b.level and re.match(r"^\d{1,2}\. ", b.text) for b in pair):
            out[i : i + 2] = [replace(b, kind="item") for b in pair]
    out = [replace(b, level=1) if b.kind == "item" and not b.level else b for b in out]
    run: list[int] = []
    for i in range(len(out) + 1):
        block = out[i] if i < len(out) else None
        if block is not None and not block.level and _is_short_line(block):
            run.append(i)
            continue
        if block is None:  # nothing stands below these lines; the first may still head the others
            listed = run[1:]
        elif len(run) >= 4 and run[0] > 7:
            listed = run[:-1] if block.kind in ("paragraph", "item") else run
        else:
            listed = []
        for k in listed:
            out[k] = replace(out[k], kind="item", level=1)
        run = []
    return out


def _is_short_line(block: Block) -> bool:
    if block.kind == "paragraph":
        return len(block.text) < 50 and not re.search(r"[.!?,]$", block.text) and block.text[0] in "("
    return block.kind == "heading" and not NUMBERED.match(block.text) and len(block.text) < 90
