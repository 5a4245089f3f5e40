"""What a heading says of its place: the path of headings above it, and the role of its section in a nota or letter."""

import re

_ROLES = (
    ("aanleiding", r"aanleiding|inleiding"),
    ("advies", r"geadviseerd besluit|gevraagd besluit|beslispunt|advies\b"),
    ("kernpunt", r"kernpunt|kern\b|hoofdpunten"),
    ("toelichting", r"toelichting|achtergrond"),
    ("planning", r"planning|tijdpad|vervolg(?:stappen)?$"),
    ("bijlagen", r"bijlagen?$"),
    ("moties", r"moties|motie\b|toezegging"),
    ("financien", r"financi(?:ën|eel kader)|financiële (?:gevolgen|paragraaf|aspecten|middelen|dekking|onderbouwing)|middelen$|dekking"),
    ("ondertekening", r"ondertekenaar"),
)
_TOP = re.compile(
    r"^(aanleiding|inleiding|geadviseerd besluit|gevraagd besluit|kernpunten?|toelichting|bijlagen|communicatie|"
    r"politieke context|moties en toezeggingen|tot slot|slot|ondertekenaars?|beleidskeuzes uitgelegd)$",
    re.I,
)
# the set headings of the CW 3.1 framework that goes with policy proposals, one level below "Beleidskeuzes uitgelegd"
_FRAMEWORK = re.compile(
    r"^(doel(?:\(en\)|en)?|beleidsinstrument(?:\(en\)|en)?|financiële gevolgen voor .*|nagestreefde doel(?:treffendheid|matigheid)|"
    r"evaluatieparagraaf)$",
    re.I,
)


def role_of(heading: str) -> str:
    """aanleiding, advies, kernpunt, toelichting, planning, bijlagen, moties, financien, ondertekening, or ''."""
    words = re.sub(r"^\d{1,2}(?:\.\d{1,2})*\.?\s+", "", heading.strip())
    return next((role for role, pattern in _ROLES if re.match(pattern, words, re.I)), "")


def heading_path(trail: list[tuple[int, str]], heading: str, level: int = 0) -> list[tuple[int, str]]:
    """The trail of (level, heading) with this heading at its end. `level` 0: judge it by number, wording and place."""
    level = level or _level(trail, heading)
    return [*[(other, text) for other, text in trail if other < level], (level, heading)]


def _level(trail: list[tuple[int, str]], heading: str) -> int:
    above = [text for _, text in trail]
    if _FRAMEWORK.match(heading):
        return 2
    if any(_FRAMEWORK.match(text) for text in above) and re.match(r"Pijler \d", heading):
        return 3
    if _TOP.match(heading):
        return 1
    if dotted := re.match(r"^\d{1,2}((?:\.\d{1,2})+)\.?\s", heading):
        return 1 + dotted[1].count(".")
    if re.match(r"^(?:Kernpunt|Beslispunt) \d", heading):
        return 2 if trail and re.fullmatch(r"kernpunten", trail[0][1], re.I) else 1
    if re.match(r"^(?:Pijler|Hoofdstuk|Deel|Actielijn) \d", heading):
        return 2 if trail and role_of(trail[0][1]) == "toelichting" else 1
    if re.match(r"^\d{1,2}\.?\s", heading):
        return 1
    if re.match(r"^[a-z]\.\s", heading):
        lettered = next((lv for lv, text in trail if re.match(r"^[a-z]\.\s", text)), 0)
        return lettered or min(len(trail) + 1, 4)
    # unnumbered: below the innermost numbered or set heading, beside its unnumbered siblings
    fixed = [lv for lv, text in trail if lv and _is_fixed(text)]
    return (max(fixed) if fixed else 0) + 1


def _is_fixed(heading: str) -> bool:
    return bool(
        _TOP.match(heading)
        or _FRAMEWORK.match(heading)
        or re.match(r"^(?:\d{1,2}[.\s]|\d+\.\d|(?:Pijler|Hoofdstuk|Deel|Actielijn|Kernpunt|Beslispunt) \d)", heading)
    )
