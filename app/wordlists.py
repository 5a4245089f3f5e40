"""The closed word classes that `verify` goes by, Dutch and English; entries are regular expressions for whole words."""

FUNCTION_WORDS = {
    "nl": frozenset(
        "de het een van en in is op te dat die voor met zijn aan er niet ook door bij om naar uit dan wordt werd worden heeft hebben was "
        "waren deze dit als maar kan kunnen zal moet over tot geen meer nog wel waar onder tussen sinds vanaf".split()
    ),
    "en": frozenset(
        "the a an of and in is on to that which for with are at there not also by from than has have was were this these as but can will "
        "must about until no more still where under between since been be it its their".split()
    ),
    "de": frozenset(
        "der die das ein eine einen und ist auf zu dass für mit sind nicht auch durch bei um nach aus wird wurde werden hat haben war "
        "waren diese als aber kann von im den dem des zur zum".split()
    ),
    "fr": frozenset(
        "le la les un une des du de et est dans sur pour avec sont au aux que qui ne pas par il elle ce cette ces comme mais peut été a "
        "ont avait plus".split()
    ),
    "es": frozenset("el la los las un una de y es en que por con para del al se no su son fue ha más como".split()),
}
# Words that may open a sentence with a capital without being a name.
DISCOURSE = frozenset(
    "na ze zij hij men er wij daarnaast daarom daardoor hierdoor hiervoor daarvoor daarbij hierbij bovendien verder vervolgens "
    "ook echter volgens sinds in per tot deze dit dat mevrouw meneer inmiddels eerst later toen nu zo "
    "however therefore moreover according also then since per".split()
)
NEGATIONS = (
    "niet", "geen", "nooit", "niemand", "niets", "nergens", "zonder", "noch", "nauwelijks", "evenmin", "onvoldoende", "ontbre[ek]\\w*",
    "geweigerd", "weiger\\w*", "not", "no", "never", "none", "nobody", "nothing", "nowhere", "without", "neither", "nor", "hardly",
    "cannot", "\\w+n['’]t", "refus\\w+", "lack\\w*",
)  # fmt: skip
_MORE = (
    "verhoog\\w*", "verhogen", "verhoging\\w*", "stijg\\w*", "steeg", "stegen", "gestegen", "toename", "toegenomen",
    "toeneemt", "toenemen", "groei\\w*", "gegroeid",
    "meer(?! over)", "hogere?", "omhoog", "uitgebreid", "uitbreid\\w*", "vergroot", "oplopen\\w*", "loopt op", "opgelopen",
    "increas\\w+", "rise[sn]?", "rising", "rose", "grew", "grow\\w*", "more", "higher", "raise\\w*", "expand\\w*",
)  # fmt: skip
_LESS = (
    "verlaag\\w*", "verlagen", "verlaging\\w*", "daal\\w*", "dalen", "daling\\w*", "gedaald", "afname", "afgenomen", "afneemt", "afnemen",
    "krimp\\w*", "gekrompen", "minder", "lagere?", "omlaag", "bezuinig\\w*", "verminder\\w*", "verklein\\w*", "beperkt", "teruggelopen",
    "decreas\\w+", "fall\\w*", "fell", "reduc\\w+", "less", "fewer", "lower\\w*", "cut", "cuts", "shrink\\w*", "shrank", "declin\\w+",
)  # fmt: skip
_DAY = r"(?=\s+(?:\d|jan|feb|ma[aey]|mrt|apr|jun|jul|jui|aug|sep|okt|oct|nov|dec|de\s+(?:zomer|winter|start)|eind|begin))"
OPPOSITES = (
    (_MORE, _LESS),
    (
        ("vóór", f"voor{_DAY}", "voordat", "voorafgaand", "eerder", "before", "prior", "earlier"),
        (f"na{_DAY}", "nadat", "daarna", "later", "erna", "after", "afterwards", "following"),
    ),
    (("ruim", "meer dan", "more than"), ("bijna", "nog geen", "minder dan", "almost", "nearly", "less than")),
    (("minstens", "minimaal", "ten minste", "tenminste", "at least"), ("hoogstens", "maximaal", "ten hoogste", "at most", "up to")),
    (("vanaf", "begint", "begon\\w*", "start", "startte\\w*", "gestart", "begin\\w*", "begun", "began"),
     ("stopt", "stopte\\w*", "gestopt", "eindigt", "eindigde\\w*", "vervalt", "vervallen",
      "beëindig\\w*", "stops?", "stopped", "end(?:s|ed)")),
    (("aangenomen", "aanvaard", "goedgekeurd", "adopted", "accepted", "approved"),
     ("verworpen", "afgewezen", "afgekeurd", "ingetrokken", "rejected", "withdrawn", "dismissed")),
    (("toegestaan", "mag", "mogen", "allowed", "may"), ("verboden", "verbod", "verbiedt", "forbidden", "banned", "prohibited")),
    (("voorstander\\w*", "eens", "positief", "steunt", "steunen", "agrees?", "positive", "supports?"),
     ("tegenstander\\w*", "oneens", "negatief", "tegen", "opposes?", "disagrees?", "negative", "against")),
    (("gehaald", "behaald", "gelukt", "geslaagd", "achieved", "succeeded"),
     ("misgelopen", "mislukt", "gemist", "missed", "failed")),
    (("verplicht\\w*", "mandatory", "compulsory", "obliged"), ("vrijwillig\\w*", "optioneel", "voluntary", "optional")),
    (("tijdelijk\\w*", "incidente\\w+", "temporary"), ("structure\\w+", "permanent\\w*", "blijvend\\w*", "structural")),
)  # fmt: skip
# What makes a statement less than a fact: a condition (said anywhere in the sentence), an intention, a chance, something that is still
# looked into (said in the clause); of each what a Dutch quote says and what a statement in either language keeps of it.
CONDITIONS = (
    "zodra",
    "indien",
    "wanneer",
    "mits",
    "tenzij",
    "mocht(?:en)?",
    "(?:^|(?<=[,.:;] ))als",
    "as soon as",
    "once",
    "if",
    "when",
    "provided",
    "unless",
)
HEDGES = (
    ("voornemens?", "streef\\w*", "streven", "beoog\\w*", "wil", "willen", "bedoeling", "intend\\w*", "aims?", "want\\w*", "plans?"),
    ("mogelijk", "eventuee?l\\w*", "verwacht\\w*", "verwachting", "zou", "zouden", "wellicht", "kan", "kunnen",
     "possibl\\w+", "expect\\w*", "could", "may", "might", "would", "can"),
    ("verken\\w*", "onderzoekt", "onderzocht", "bezien", "bekeken", "explor\\w+", "examin\\w+", "investigat\\w+", "consider\\w*"),
)  # fmt: skip
# English names of what Dutch documents name otherwise; the key in lower case.
TRANSLATIONS = {
    "dutch": ("nederlands", "nederlandse", "nederland"),
    "netherlands": ("nederland", "nederlandse"),
    "ministry": ("ministerie", "szw", "ocw", "vws", "bzk", "jenv", "ienw"),
    "minister": ("minister", "bewindspersoon"),
    "state": ("staatssecretaris", "rijk", "staat"),
    "secretary": ("staatssecretaris",),
    "house": ("kamer", "tweede"),
    "parliament": ("kamer", "parlement"),
    "cabinet": ("kabinet", "ministerraad"),
    "council": ("raad", "ministerraad"),
    "mr": ("heer", "dhr"),
    "ms": ("mevrouw", "mw"),
    "mrs": ("mevrouw", "mw"),
    "european": ("europese", "europees", "eu"),
    "king": ("koning",),
}
# Text that speaks to a language model; it is never put before one, and nothing that rests on it is shown as written.
INSTRUCTIONS = (
    r"\b(?:negeer|vergeet|sla over)\b.{0,40}\b(?:instructies?|opdracht\w*|regels|vraag|bronnen|bovenstaand\w*|voorgaand\w*|eerdere)\b",
    r"\b(?:ignore|disregard|forget|override)\b.{0,40}\b(?:instructions?|rules|prompts?|question|sources|above|previous|prior)\b",
    r"\b(?:je|jij|u) bent (?:nu|voortaan|vanaf nu)\b|\byou are now\b|\bact as\b|\bals (?:ai|taalmodel|chatbot|assistent)\b|\bas an ai\b",
    r"\b(?:antwoord|reageer|zeg|schrijf|respond|reply|answer|say|write)\b.{0,20}\b(?:alleen|uitsluitend|slechts|altijd|only|always|exactly)\b.{0,6}(?:met|with|dat|that|[:“\"'])",
    r"\b(?:system|systeem|assistant|user)\s?(?:prompt|bericht|message)?\s?:|<\|[^|]*\|>|\[/?INST\]|</?(?:bron|system|instruction)\w*",
    r"\b(?:ai|taal)-?(?:assistent|model|systeem)\b.{0,60}\b(?:moet|moeten|must|should|dient)\b",
    r"\bnieuwe (?:instructie|opdracht)\w*\s?:|\bnew instructions?\s?:",
    r"\b(?:verklap|onthul|toon|reveal|print|show)\b.{0,30}\b(?:prompt|wachtwoord|sleutel|password|api key)\b",
)

# A sentence that cannot do without the one before it ("De kosten hiervan …", "Hij begint …").
POINTS_BACK = (
    r"^(?:Dit|Dat|Deze|Die|Hij|Zij|Ze|Hier\w*|Daar(?!om|naast)\w*)\b|\bhier(?:van|voor|over|mee|in|bij|door|aan)\b"
    r"|^(?:\S+\s+){1,4}daar(?:van|voor|over|mee|in|bij|door|aan)\b"
    r"|\bdat\s+deze\s|\b[Dd]eze\s+(?:wordt|gaat|loopt|is|zal)\b"
)
