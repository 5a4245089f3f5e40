"""What the styles and list definitions of a Word document say about a paragraph: heading, item, caption or text."""

import re
from dataclasses import dataclass, replace
from typing import Any

from lxml import etree  # type: ignore[import-untyped]

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_SAFE = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)


@dataclass(frozen=True)
class ParagraphStyle:
    """`kind` is heading, item, caption or paragraph; `level` from 1; `numbering` is (numId, ilvl) of its list."""

    kind: str = "paragraph"
    level: int = 0
    title: bool = False
    numbering: tuple[str, int] = ("", 0)
    numbered: bool = False


@dataclass(frozen=True)
class _Level:
    form: str
    text: str
    start: int


def parse_xml(blob: bytes) -> Any:
    """The root of an XML part, without entities or network; an empty element for an empty part."""
    return etree.fromstring(blob, _SAFE) if blob else etree.Element("none")


def paragraph_styles(styles: bytes, numbering: bytes) -> "Styles":
    """Reads word/styles.xml and word/numbering.xml (either may be empty)."""
    return Styles(parse_xml(styles), parse_xml(numbering))


class Styles:
    """Looks up paragraphs, and counts the automatic numbers of lists and headings in document order."""

    def __init__(self, styles: Any, numbering: Any) -> None:
        self._elements = {e.get(f"{_W}styleId", ""): e for e in styles.iter(f"{_W}style")}
        abstract = {
            e.get(f"{_W}abstractNumId", ""): {int(v.get(f"{_W}ilvl", "0")): _level(v) for v in e.iter(f"{_W}lvl")}
            for e in numbering.iter(f"{_W}abstractNum")
        }
        self._abstract_of = {e.get(f"{_W}numId", ""): _value(e, "abstractNumId") for e in numbering.iter(f"{_W}num")}
        self._levels = {number: abstract.get(key, {}) for number, key in self._abstract_of.items()}
        self._counts: dict[str, list[int]] = {}
        self._cache: dict[str, ParagraphStyle] = {}

    def of(self, paragraph: Any) -> ParagraphStyle:
        """The style of a w:p element, with the list that the paragraph itself names."""
        props = paragraph.find(f"{_W}pPr")
        if props is None:
            return ParagraphStyle()
        return self._with_list(self._named(_value(props, "pStyle")), props)

    def number(self, style: ParagraphStyle) -> str:
        """The next automatic number of this list level, as printed ("1.", "b)", "2.4")."""
        key, depth = style.numbering
        levels = self._levels[key]
        counts = self._counts.setdefault(self._abstract_of[key], [0] * 9)
        counts[depth] += 1
        counts[depth + 1 :] = [0] * (8 - depth)

        def shown(match: re.Match[str]) -> str:
            index = int(match[1]) - 1
            level = levels.get(index)
            return "" if level is None else _printed(max(counts[index], 1) + level.start - 1, level.form)

        return re.sub(r"%(\d)", shown, levels[depth].text)

    def _named(self, key: str) -> ParagraphStyle:
        if key not in self._cache:
            self._cache[key] = ParagraphStyle()  # ends a cycle of styles that are based on each other
            element = self._elements.get(key)
            if element is not None:
                found = self._own(element) or self._named(_value(element, "basedOn"))
                props = element.find(f"{_W}pPr")
                self._cache[key] = found if props is None else self._with_list(found, props)
        return self._cache[key]

    def _own(self, element: Any) -> ParagraphStyle | None:
        name = _value(element, "name").lower()
        outline = element.find(f"{_W}pPr/{_W}outlineLvl")
        if name == "title":
            return ParagraphStyle("heading", 1, title=True)
        if match := re.fullmatch(r"(?:heading|kop) (\d)", name):
            return ParagraphStyle("heading", int(match[1]))
        if match := re.fullmatch(r"list(?: bullet| number| continue|)(?: (\d))?", name):
            return ParagraphStyle("item", int(match[1] or 1))
        if name == "caption":
            return ParagraphStyle("caption")
        if outline is not None and int(outline.get(f"{_W}val", "9")) < 6:
            return ParagraphStyle("heading", int(outline.get(f"{_W}val", "0")) + 1)
        return None

    def _with_list(self, style: ParagraphStyle, props: Any) -> ParagraphStyle:
        numbering = props.find(f"{_W}numPr")
        if numbering is None:
            return style
        key, depth = _value(numbering, "numId"), int(_value(numbering, "ilvl") or 0)
        level = self._levels.get(key, {}).get(depth)
        numbered = level is not None and level.form not in ("bullet", "none")
        if key in ("", "0"):
            return replace(style, numbered=False)
        if style.kind == "heading":
            return replace(style, numbering=(key, depth), numbered=numbered)
        return ParagraphStyle("item", max(depth + 1, style.level if depth == 0 else 0), numbering=(key, depth), numbered=numbered)


def _value(element: Any, tag: str) -> str:
    found = element.find(f"{_W}{tag}")
    return "" if found is None else str(found.get(f"{_W}val", ""))


def _level(element: Any) -> _Level:
    return _Level(_value(element, "numFmt"), _value(element, "lvlText"), int(_value(element, "start") or 1))


def _printed(number: int, form: str) -> str:
    if form in ("lowerLetter", "upperLetter"):
        letter = chr(ord("a") + (number - 1) % 26)
        return letter if form == "lowerLetter" else letter.upper()
    if form in ("lowerRoman", "upperRoman"):
        roman = ""
        for value, digits in ((50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i")):
            roman, number = roman + digits * (number // value), number % value
        return roman if form == "lowerRoman" else roman.upper()
    return str(number)
