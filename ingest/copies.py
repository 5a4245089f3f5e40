"""Two copies of one comment: the clearer wording."""

import re
from difflib import SequenceMatcher


def clearer(listed: str, printed: str) -> str:
    """The printed wording where it is the listed one but for slips (a lost space, capital or last letters), else the listed one."""
    alike = SequenceMatcher(None, listed.lower(), printed.lower(), autojunk=False).ratio() > 0.9
    return printed if alike and len(re.sub(r"\W", "", printed)) >= len(re.sub(r"\W", "", listed)) else listed
