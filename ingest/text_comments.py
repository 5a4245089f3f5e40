"""Printed comment lists ("Nummer: 2 Auteur: … Onderwerp: … Datum: …") as annotation blocks, and what of them is printed in the text."""

import re
from dataclasses import replace
from difflib import SequenceMatcher

from ingest.blocks import Block, note_mark
from ingest.copies import clearer
from ingest.tidy import join_lines, one_line

COMMENT = re.compile(r"Nummer:\s*(\d+)\s+Auteur:?\s*(.*?)\s*Onderwerp:\s*(.*?)\s*Datum:\s*(.*?)\s*$")
NO_COMMENTS = re.compile(r"Deze pagina bevat geen opmerkingen", re.I)
_TITLE = re.compile(r"^#*\s*Overzicht van opmerkingen bij|^Pagina:\s*\d+$", re.I)


def take_comments(lines: list[str]) -> tuple[list[str], list[Block]]:
    """Lift a printed comment list: each head line with the words below it."""
    heads = [i for i, line in enumerate(lines) if COMMENT.search(line)]
    if not heads:
        return [line for line in lines if not _TITLE.match(line.strip())], []
    notes: list[tuple[re.Match[str], list[str]]] = []
    orphans: list[str] = []
    current: list[str] | None = None
    blanks = 0
    for line in lines[heads[0] :]:
        clean = re.sub(r"^[-\s☰📄]+|<hr/?>|^---+$", "", line).strip()
        if head := COMMENT.search(line):
            current = []
            notes.append((head, current))
            blanks = 0
        elif not clean:
            blanks += 1
        elif current is not None and (blanks == 0 or (_holds_text(notes[-1][0]) and blanks <= 3 and not current)):
            current.append(clean)
            blanks = 0
        else:
            orphans.append(clean)
            current = None
    comments = []
    for head, words in notes:
        author = re.sub(r"\[redacted\]", "", head[2], flags=re.I).strip(" ")
        comments.append(
            Block(
                "annotation",
                one_line(join_lines(words)),
                number=head[1],
                info={"author": author, "kind": head[3].strip(), "date": head[4].strip(), "marked": ""},
            )
        )
    for orphan in orphans:  # words that the converter printed behind the list: the first typed comment that has none
        for k, comment in enumerate(comments):
            if not comment.text and _holds_text(notes[k][0]) and comment.info["author"]:
                comments[k] = replace(comment, text=orphan)
                break
    top = [line for line in lines[: heads[0]] if not _TITLE.match(line.strip())]
    return top, comments


def without_printed(blocks: list[Block]) -> list[Block]:
    """Comments that the converter also printed in the text leave it, with their numbers; a stamp at the top stays.

    Of a comment that stands there twice the clearer wording is kept. A mark stays where typed words stood in a sentence.
    """
    out = list(blocks)
    listed = [k for k, b in enumerate(out) if b.kind == "annotation"]
    once = len({out[k].number for k in listed}) == len(listed)  # one list for the whole file
    notes = {page: [k for k in listed if once or out[k].page == page] for page in {b.page for b in out}}
    gone = set()
    scraps: dict[int, list[str]] = {}
    for k, block in enumerate(out):
        if not notes[block.page] or block.kind not in ("paragraph", "heading", "item"):
            continue
        told = [_letters(out[n].text) for n in notes[block.page]]
        words = _letters(block.text)
        twin = next((n for n, other in zip(notes[block.page], told, strict=True) if _is_copy(words, other)), None)
        if re.search(r"\bbesproken\b", block.text):
            out[k] = replace(block, text=re.sub(r"\s\d{1,2}$", "", block.text))
            continue
        if twin is not None:
            out[twin] = replace(out[twin], text=clearer(out[twin].text, re.sub(r"^\d{1,2}\s+", "", block.text)))
            gone.add(k)
        elif _is_scrap(block, words, told):
            gone.add(k)
            for n in [n for n, other in zip(notes[block.page], told, strict=True) if words and words in other][:1]:
                scraps.setdefault(n, []).append(block.text)
        else:
            for n in notes[block.page]:
                out[k] = _without(out[k], out[n])
        mark = re.search(r"(?<=[.?!)\]:;]) (\d{1,2})$", out[k].text)
        if mark and k not in gone and mark[1] in (out[n].number for n in notes[block.page]):
            out[k] = out[k].spliced(*mark.span(), note_mark(f"c{mark[1]}"))
    for n, parts in scraps.items():
        out[n] = replace(out[n], text=clearer(out[n].text, " ".join(parts)))
    return [block for k, block in enumerate(out) if k not in gone]


def _letters(text: str) -> str:
    return re.sub(r"[^a-zà-ÿ]", "", text.lower())


def _is_copy(words: str, other: str) -> bool:
    return len(words) > 12 and (words[:60] == other[:60] or SequenceMatcher(None, words, other, autojunk=False).ratio() > 0.9)


def _is_scrap(block: Block, words: str, told: list[str]) -> bool:
    """Whether a block is only the number of a comment, or some of its words."""
    if not words:
        return not re.search(r"\[redacted\]", block.text, re.I)
    if len(block.text) < 4:
        return words in "".join(told)
    return 5 < len(words) < 40 and not block.level and any(words in other and len(words) < len(other) for other in told)


def _without(block: Block, comment: Block) -> Block:
    """The block without the number, and without the typed words, of a comment."""
    words = re.findall(r"\w+", comment.text)
    number = rf"(?:{note_mark(comment.number)}|\b{comment.number}\b)"
    if re.match(r"Highlight|Markering", comment.info["kind"]):
        starts = (rf"(?<!\S){comment.number}\s+(?={'[^a-zA-Z]+'.join(part)})" for part in (words, words[1:]) if len(part) > 1)
        mark = ""
    else:  # of typed words the last ones may be lost
        starts = (rf"\s*{'[^a-zA-Z]+'.join(words[:n])}\s*{number}" for n in range(len(words), 1, -1))
        mark = note_mark(f"c{comment.number}")
    found = next((m for start in starts if (m := re.search(start, block.text, re.I))), None)
    return block.spliced(*found.span(), mark) if found else block


def _holds_text(head: re.Match[str]) -> bool:
    return not re.match(r"Markering|Highlight", head[3]) or bool(re.sub(r"\[redacted\]", "", head[2], flags=re.I).strip(" "))
