"""Which elements of a web page a reader never sees, by their attributes, inline style or a rule in a <style> element."""

import re

from bs4 import BeautifulSoup, Tag
from soupsieve import SelectorSyntaxError

_HIDING = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|(?<![\w-])opacity\s*:\s*0*\.?0+(?![.\d])|font-size\s*:\s*0*\.?0+(?![.\d])"
    r"|(?:left|top|right|text-indent|margin-left)\s*:\s*-\d{3,}|(?<![\w-])(?:height|width)\s*:\s*0(?:px)?\s*(?:;|$)|clip\s*:\s*rect\(0",
    re.I,
)
_WHITE = re.compile(
    r"(?<![\w-])color\s*:\s*(?:white|transparent|#fff(?:fff)?\b|rgba?\(\s*255\s*,\s*255\s*,\s*255|rgba\([^)]*,\s*0\s*\))", re.I
)
_BACKGROUND = re.compile(r"background(?:-color|-image)?\s*:\s*(?!white|#fff(?:fff)?\b|none|transparent)", re.I)
_MEDIA = re.compile(r"@[\w-]+[^{;@]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}")
_RULE = re.compile(r"(?:\A|(?<=[{}]))([^{}]+)\{([^{}]*)\}")  # tried only where a rule can start: a page in an unclosed <style> is long
_REMARK = re.compile(r"/\*.*?(?:\*/|\Z)", re.S)


def hidden_elements(soup: BeautifulSoup) -> list[Tag]:
    """Hidden elements. White text counts when nothing gives it a background. Rules for print are not looked at."""
    styled = [(tag, str(tag["style"])) for tag in soup.find_all(True) if tag.has_attr("style")]
    sheets = (_MEDIA.sub("", _REMARK.sub("", style.get_text())) for style in soup.find_all("style"))
    rules = dict.fromkeys((selectors.strip(), declarations) for sheet in sheets for selectors, declarations in _RULE.findall(sheet))
    for selectors, declarations in rules:
        if any(pattern.search(declarations) for pattern in (_HIDING, _WHITE, _BACKGROUND)):
            styled += [(tag, declarations) for tag in _selected(soup, selectors)]
    backed = {id(tag) for tag, declarations in styled if _BACKGROUND.search(declarations)}
    backed |= {id(tag) for tag in soup.find_all(bgcolor=True)}
    found = [tag for tag in soup.find_all(True) if tag.has_attr("hidden") or tag.get("aria-hidden") == "true"]
    found += [tag for tag, declarations in styled if _HIDING.search(declarations)]
    found += [
        tag for tag, declarations in styled if _WHITE.search(declarations) and not any(id(above) in backed for above in [tag, *tag.parents])
    ]
    return [tag for tag in found if tag.name not in ("html", "body")]


def _selected(soup: BeautifulSoup, selectors: str) -> list[Tag]:
    if re.search(r":(?:hover|focus|active|target|checked|not|before|after)|::", selectors):
        return []  # such a rule hides what an action of the reader shows again
    try:
        return list(soup.select(selectors))
    except (SelectorSyntaxError, NotImplementedError):
        return []
