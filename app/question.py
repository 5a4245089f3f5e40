"""What a question asks: language, kind of answer, years and documents it names; a follow-up becomes standalone.

Rules, no model: question words and set phrases of Dutch and English. Not handled: questions in other languages.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from app.lexical import STOP_WORDS, words
from app.types import Turn
from ingest.values import Value, find_values

_ENGLISH = frozenset(
    "it they there be by why an at or about the what which who when where how many much does did is are was were of for and to in on that this with from should could would has have".split()
)
_DUTCH = frozenset(
    "de het een wat welke wie wanneer waar hoe hoeveel is zijn was waren van voor en op dat dit met uit er worden wordt werd heeft hebben nr vd".split()
)
KINDS = (
    ("reason", r"\bwaarom\b|\bwaardoor\b|hoe komt|\breden\b|met welk argument|\bwhy\b|\breason\b|welke gronden|op grond waarvan|\bwaartoe\b"),
    ("percentage", r"procent|percentage|\bpct\b|(?:^|\s)%|welk(?:e)? (?:aan)?deel|what share|\bper ?cent\b|\bproportion\b|which share|what part"),
    (
        "amount",
        r"hoeveel (?:geld|euro|miljoen|mln|subsidie|budget)|welk(?:e)? (?:\w+)?(?:bedrag|budget|som)|\bkost(?:te|en|)?\b|\bbedrag|"
        r"how much (?:money|funding|budget)|what amount|\bmln\b|miljoen",
    ),
    ("number", r"\bhoeveel|\bhoe hoog\b|\bhvl\b|\baantal\b|how many|\bhoe vaak|how often|what number|how much"),
    ("duration", r"hoe ?lang|how long|\bduur\b|looptijd"),
    (
        "date",
        r"\bwanneer\b|welke (?:\w+ )?(?:dag|datum|maand|periode|dagtekening)|welk(?:e)? (?:\w+ )?(?:jaar|kwartaal|moment)|per wanneer|sinds wanneer|"
        r"\bhoe laat\b|\bwhen\b|what (?:date|time|year)|which (?:year|date|quarter|month|day)|\bdatum\b|tot wanneer|since what date|(?:welk|voor welk) jaar",
    ),
    (
        "person",
        r"\bwie\b|\bwiens\b|\bwho\b|\bwhose\b|welk(?:e)? (?:\w+ )?(?:minister|staatssecretaris|kamerlid|kamerleden|bewinds\w+|persoon|lid|leden)|door wie",
    ),
    (
        "organisation",
        r"welk(?:e)? (?:\w+ )?(?:organisatie|bureau|instelling|stichting|instituut|partij|ministerie|departement|kantoor|fonds|hogeschool|\w*kantor|club|"
        r"onderzoeksbureau|dienst|bedrijf)\w*|which (?:\w+ )?(?:organi[sz]ation|agency|ministry|firm|company|institute|foundation)",
    ),
    ("definition", r"wat (?:is|zijn|houdt?|betekent|bedoel\w*|verstaa\w*)\b|wat wordt .* bedoeld|what (?:is|are|does .* mean)|\bdefini"),
    ("list", r"\bnoem\b|\bwelke\b|\bsom .* op\b|\blist\b|\bwhich\b|what .*s are\b|naar .* welke"),
    ("manner", r"\bhoe\b|op welke (?:manier|wijze)|\bhow\b"),
    ("yesno", r"^(?:en )?(?:is|zijn|was|waren|heeft|hebben|wordt|worden|kan|kunnen|mag|moet|gaat|komt|krijgt|bestaat|klopt|betekent|tellen|loopt|do|does|did|are|can|has|have|will)\b"),
)
_CUES = {
    "annotation": r"opmerking|kantlijn|commentaar|aantekening|in de marge|krabbel|\bstempel|bijgeschreven|margin|comment|vraagt? .* zich af bij|\bnotitie\b|herdoop|schreef .* (?:bij|erbij|naast)",
    "redacted": r"gelakt|\blak\w*\b|zwart|redacted|blacked|onleesbaar|geheim",
    "table": r"\btabel|jaarschijf|\bkolom|middelen|\bposten?\b|structureel|vrijgemaakt|voorjaarsnota|\bvjn\b|money|budget|bedrag|\bmln\b|miljoen|totaal|\boverall\b",
    "metadata": r"\b(?:datum|gericht|gestuurd|geadresseerd|dagtekening|opschrift|titel|kenmerk|status)\b|\b(?:who|wie) .*(?:ondertekend|signed|getekend)",
    "footnote": r"voetnoot|footnote|\bnoot\b|kamerstuk",
    "motion": r"\bmoties?\b|\btoezegging",
    "change": r"\bnu\b|inmiddels|destijds|vroeger|eerst|later|verschil|\bvs\b|versus|ten opzichte|veranderd|gewijzigd|vergeleken|\bsinds\b|compared|change",
}
_DEPENDENT = re.compile(
    r"\b(?:dat|die|dit|deze|daar|daar[a-z]*|ook|also|erbij|ervan|ervoor|eraan|hij|zij|ze|hun|hen|hem|"
    r"it|that|this|those|these|they|their|them|he|she|his|her|there)\b",
    re.I,
)
_SECOND_PART = re.compile(
    r",? (?:en|and) ((?:hoe\w*|wat|welke?|wanneer|wie|waar\w*|(?:op|in|voor|met|door) (?:welke?|wie)|when|what|how|who|which|where|does|did|was|naar)\b)", re.I
)


@dataclass(frozen=True)
class Question:
    """`text` stands on its own; `asked` is what was typed. `cues` names parts of a dossier that it points at."""

    text: str
    asked: str
    language: str
    kind: str
    values: tuple[Value, ...]
    years: frozenset[str]
    cues: frozenset[str]
    kinds: frozenset[str] = frozenset()
    follow_up: bool = False
    two_parts: bool = False


def understand(turn: Turn) -> Question:
    """Read a question in its conversation."""
    asked = re.sub(r"\s+", " ", turn.question).strip()
    history = [re.sub(r"\s+", " ", h).strip() for h in turn.history if h.strip()]
    follow_up = bool(history) and _depends(asked)
    text = _standalone(asked, history) if follow_up else asked
    kinds = [kind for kind, pattern in KINDS if re.search(pattern, asked, re.I)]
    if follow_up and (not kinds or kinds == ["yesno"]) and len(words(asked)) <= 6:
        kinds = [kind for kind, pattern in KINDS if re.search(pattern, history[-1], re.I)]
    values = find_values(text)
    return Question(
        text=text,
        asked=asked,
        language=_language(asked, history),
        kind=kinds[0] if kinds else "other",
        values=values,
        years=frozenset(str(v.value)[:4] for v in values if v.kind in ("date", "quarter") and re.match(r"20\d\d", str(v.value))),
        cues=frozenset(name for name, pattern in _CUES.items() if re.search(pattern, text, re.I)),
        kinds=frozenset(kinds),
        follow_up=follow_up,
        two_parts=bool(_SECOND_PART.search(asked, 20)),
    )


def _language(asked: str, history: Sequence[str]) -> str:
    seen = words(asked)
    english, dutch = sum(w in _ENGLISH for w in seen), sum(w in _DUTCH for w in seen)
    if english == dutch and history:
        return _language(history[-1], history[:-1])
    return "en" if english > dutch else "nl"


def _depends(asked: str) -> bool:
    """Whether a question leans on the turns before it: it opens with 'en', points back in few words, or names nothing itself."""
    content = [word for word in words(asked) if word not in STOP_WORDS]
    names = re.findall(r"(?<!^)\b[A-Z][\w-]+|\b20\d\d\b", asked)
    if re.match(r"(?:en|maar|oh|ok|and|but|so)\b", asked, re.I):
        return len(content) <= 8
    return (bool(_DEPENDENT.search(asked)) and len(content) <= 5) or (len(content) <= 4 and not names) or len(content) <= len(names)


def _standalone(asked: str, history: Sequence[str]) -> str:
    """The last turns in front of the question; a year that the question shifts or replaces is changed in them."""
    before = " ".join(turn.rstrip("?!. ") + "." for turn in history[-2:])
    years = re.findall(r"\b20\d\d\b", before)
    if years:
        shift = 1 if re.search(r"jaar (?:later|erna|daarna)|year (?:later|after)|volgende? jaar", asked, re.I) else 0
        shift -= 1 if re.search(r"jaar (?:eerder|ervoor|daarvoor)|year (?:earlier|before)", asked, re.I) else 0
        named = re.findall(r"\b20\d\d\b", asked)
        wanted = str(int(years[-1]) + shift) if shift else (named[0] if len(named) == 1 else "")
        if wanted:
            before = before.replace(years[-1], wanted)
    return f"{before} {asked}"
