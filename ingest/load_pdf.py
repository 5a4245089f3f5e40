"""A PDF as blocks: text layer or OCR, without page furniture, with tables, footnotes, side column, redactions and comments.

Not handled: running text in columns, forms, and text that stands sideways.
"""

import contextlib
import re
from collections.abc import Callable, Sequence
from dataclasses import replace

import pypdfium2

from ingest.assemble import assemble
from ingest.blocks import REDACTED, Block, Loaded
from ingest.errors import LoadError
from ingest.furniture import without_furniture
from ingest.layout import lines_of
from ingest.pdf_page import Page, page_view, read_page
from ingest.quality import POOR, text_quality
from ingest.scan_lines import tidy_scans
from ingest.sheet import Sheet
from ingest.side_column import split_side
from ingest.tables import aligned_tables, ruled_tables
from ingest.tidy import tidy

MAX_PAGES = 1000


def load_pdf(data: bytes, name: str, password: str = "", scans: Callable[[int], None] = lambda pages: None) -> Loaded:
    """`scans` is called with the number of pages that need OCR before that starts.

    Raises LoadError for a damaged or encrypted file, too many pages, no text at all, or a scan that cannot be recognised.
    """
    document = _opened(data, name, password)
    if len(document) > MAX_PAGES:
        raise LoadError(f"{name}: heeft {len(document)} pagina's; meer dan {MAX_PAGES} wordt niet gelezen. Splits het bestand.")
    sides = _sides(document)
    pages, quality, unread = _pages(sides, name, scans)
    sheets, removed = _sheets(pages)
    blocks = _with_bookmarks(assemble(sheets), document)
    if not any(block.text or block.rows for block in blocks):
        raise LoadError(f"{name}: bevat geen leesbare tekst.")
    comments, warnings = _comments(data, password, sides, pages)
    warnings += unread
    lost = [str(number) for number in range(1, len(document) + 1) if number not in sides]
    if lost:
        warnings.append(f"pagina {', '.join(lost)} is beschadigd en niet gelezen")
    warnings += _quality_warnings(pages, quality)
    if removed.get("tekst onder zwarte balken"):
        warnings.append("onder zwarte balken staat nog tekst in het bestand; die is niet overgenomen")
    return Loaded(
        tuple(_in_order(blocks, comments)),
        len(document),
        _title(document),
        tuple(warnings),
        tuple(quality.get(n, 0.0) for n in range(1, len(document) + 1)),
        removed,
    )


def _opened(data: bytes, name: str, password: str) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(data, password=password or None)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            found = "het wachtwoord in DOSSIER_PDF_PASSWORD past niet" if password else "geef het wachtwoord op in DOSSIER_PDF_PASSWORD"
            raise LoadError(f"{name}: de PDF is versleuteld; {found}.") from error
        raise LoadError(f"{name}: de PDF is beschadigd of onvolledig en kan niet worden gelezen.") from error


def _sides(document: pypdfium2.PdfDocument) -> dict[int, pypdfium2.PdfPage]:
    """The pages by number, without those that are damaged."""
    sides = {}
    for index in range(len(document)):
        with contextlib.suppress(pypdfium2.PdfiumError):
            sides[index + 1] = document[index]
    return sides


def _pages(sides: dict[int, pypdfium2.PdfPage], name: str, scans: Callable[[int], None]) -> tuple[list[Page], dict[int, float], list[str]]:
    """All pages; the quality of their text (of the text layer, or the confidence of OCR); and why pages stayed unread."""
    pages = [read_page(side, number) for number, side in sides.items()]
    quality = {page.number: text_quality(word.text for word in page.words if word.text != REDACTED) for page in pages}
    scanned = [page for page in pages if page.scanned]
    unread: list[str] = []
    if scanned:
        from ingest.ocr import ocr_pages
        from ingest.picture import picture
        from ingest.scan import read_scan

        todo = sum(page.needs_ocr for page in scanned)
        if todo:
            scans(todo)
        for page in scanned:
            image = picture(sides[page.number])
            words = page.words
            if page.needs_ocr:
                try:
                    ((recognised, confidence),) = ocr_pages([image], name)
                except LoadError as error:
                    if todo == len(pages):
                        raise
                    unread = [f"pagina {', '.join(str(p.number) for p in scanned if p.needs_ocr)} niet gelezen: {error}"]
                    break
                words, quality[page.number] = tuple(recognised), confidence
            pages[pages.index(page)] = replace(read_scan(page, words, image), recognised=page.needs_ocr)
    return pages, quality, unread


def _quality_warnings(pages: Sequence[Page], quality: dict[int, float]) -> list[str]:
    read = [page.number for page in pages if page.recognised]
    poor = [str(number) for number, value in quality.items() if value < POOR and number not in read]
    warnings = [f"slechte tekstlaag op pagina {', '.join(poor)}: controleer citaten daar in het origineel"] if poor else []
    if read:
        sure = 100 * sum(quality[number] for number in read) / len(read)
        numbers = ", ".join(map(str, read))
        warnings.append(
            f"de tekst van pagina {numbers} is herkend uit een scan (zekerheid {sure:.0f} %): controleer citaten in het origineel"
        )
    return warnings


def _sheets(pages: Sequence[Page]) -> tuple[list[Sheet], dict[str, int]]:
    """The pages without side column, tables and furniture; and the characters that went, by step."""
    sheets: list[Sheet] = []
    for page in pages:
        tables, words = ruled_tables(page.words, page.edges)
        body, fields = split_side(words, page.width)
        sheets.append(Sheet(page.number, tuple(lines_of(body)), tuple(tables), tuple(fields), page.scanned))
    kept, furniture = without_furniture([(page.height, sheet.lines) for page, sheet in zip(pages, sheets, strict=True)])
    removed = {
        "kop- en voetregels": furniture,
        "verborgen tekst": sum(page.hidden for page in pages),
        "tekst onder zwarte balken": sum(page.covered for page in pages),
    }
    straight = tidy_scans([replace(sheet, lines=tuple(lines)) for sheet, lines in zip(sheets, kept, strict=True)])
    return [_with_aligned(sheet) for sheet in straight], {step: n for step, n in removed.items() if n}


def _with_aligned(sheet: Sheet) -> Sheet:
    tables, lines = aligned_tables(sheet.lines)
    return replace(sheet, lines=tuple(lines), tables=(*sheet.tables, *tables))


def _with_bookmarks(blocks: list[Block], document: pypdfium2.PdfDocument) -> list[Block]:
    """Top-level bookmarks as headings of level 1, before the page that they open; not where the page prints its title itself."""
    printed: dict[int, list[str]] = {}
    for block in blocks:
        if block.kind == "heading" and len(_plain(block.text)) > 7:
            printed.setdefault(block.page, []).append(_plain(block.text))
    titles: dict[int, list[Block]] = {}
    for bookmark in document.get_toc(max_depth=1):
        destination = bookmark.get_dest()
        title = tidy(bookmark.get_title()).strip()
        if destination is not None and title:
            page = (destination.get_index() or 0) + 1
            if not any(heading in _plain(title) or _plain(title) in heading for heading in printed.get(page, [])):
                titles.setdefault(page, []).append(Block("heading", title, page, level=1, info={"bookmark": "1"}))
    if not titles:
        return blocks
    result: list[Block] = []
    for block in blocks:
        for page in sorted(page for page in titles if page <= block.page):
            result += titles.pop(page)
        result.append(replace(block, level=min(block.level + 1, 6)) if block.kind == "heading" else block)
    return result


def _plain(text: str) -> str:
    return re.sub(r"\W+", "", text).lower()


def _comments(data: bytes, password: str, sides: dict[int, pypdfium2.PdfPage], pages: Sequence[Page]) -> tuple[list[Block], list[str]]:
    """The comments, and a warning where they cannot be read; pypdf is only started for a file that has annotations."""
    if not any(pypdfium2.raw.FPDFPage_GetAnnotCount(side) for side in sides.values()):
        return [], []
    from ingest.pdf_annotations import pdf_annotations

    try:
        return pdf_annotations(data, password, pages, [page_view(side) for side in sides.values()]), []
    except (MemoryError, RecursionError):
        raise
    except Exception as error:  # pypdf raises many kinds for damaged files; the text is still good
        return [], [f"opmerkingen in de PDF konden niet worden gelezen ({error.__class__.__name__})"]


def _in_order(blocks: list[Block], comments: list[Block]) -> list[Block]:
    """Comments after the other blocks of their page."""
    ends = [(block.page, 0, index, block) for index, block in enumerate(blocks)]
    ends += [(block.page, 1, index, block) for index, block in enumerate(comments)]
    return [block for *_, block in sorted(ends, key=lambda entry: entry[:3])]


def _title(document: pypdfium2.PdfDocument) -> str:
    title = tidy(document.get_metadata_dict().get("Title", "")).strip()
    return "" if re.match(r"microsoft word|untitled|naamloos|.*\.\w{2,4}$", title, re.I) else title
