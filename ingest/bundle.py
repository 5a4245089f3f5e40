"""A bundle taken apart: one list of blocks for each nota in it."""

import re
from collections.abc import Sequence
from itertools import pairwise

from ingest.blocks import Block


def split_bundle(blocks: Sequence[Block]) -> list[list[Block]]:
    """Split before each nota: its 'nota' heading together with the addressee, stamp and metadata lines above it."""
    starts = []
    for i, block in enumerate(blocks):
        if block.kind in ("heading", "paragraph") and re.fullmatch(r"nota", block.text.strip(), re.I):
            start = i
            while start > 0 and _belongs_above(blocks[start - 1]) and blocks[start - 1].page == block.page:
                start -= 1
            starts.append(start)
    if len(starts) < 2:
        return [list(blocks)]
    return [list(blocks[a:b]) for a, b in pairwise([0, *starts[1:], len(blocks)])]


def _belongs_above(block: Block) -> bool:
    opening = r"Aan\b.{2,80}$|.*\bbesproken\b|Directie\b|Ministerie van|\[redacted\]|\(bladwijzer\)"
    return block.kind == "field" or (len(block.text) < 90 and bool(re.match(opening, block.text)))
