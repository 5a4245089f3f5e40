"""Whether a run is good enough to merge: floors and ceilings per set, in a YAML file."""

from pathlib import Path

import yaml

from evals.figures import MEASURES
from evals.texts import say
from evals.types import Run
from ingest.errors import SettingsError


def gate(run: Run, thresholds: Path) -> tuple[str, ...]:
    """Every threshold that the run misses, in words; empty when it passes.

    The file has a section per set (its file name without extension; 'default' for the others), in it per figure the least
    value allowed, or the most for a figure of which less is better. A figure that could not be measured misses.
    Raises SettingsError for a file, section or figure that does not exist.
    """
    try:
        sections = yaml.safe_load(thresholds.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise SettingsError(f"{thresholds} is niet te lezen: {error}") from error
    name = Path(str(run.about.get("set", ""))).stem
    section = (sections or {}).get(name, (sections or {}).get("default"))
    if not isinstance(section, dict):
        raise SettingsError(f"{thresholds} heeft geen onderdeel '{name}' of 'default'.")
    missed = []
    for key, bound in section.items():
        if key not in MEASURES or not isinstance(bound, int | float):
            raise SettingsError(f"{thresholds}: '{key}: {bound}' is geen drempel; bekende cijfers zijn {', '.join(MEASURES)}.")
        figure = run.overall.get(key)
        value, more = figure.value if figure else None, MEASURES[key].more_is_better
        if value is None or (value < bound if more else value > bound):
            found = "niet te meten" if value is None else f"{value:.3f}"
            missed.append(f"{say('nl', f'measure_{key}')} ({key}) is {found}; {'minstens' if more else 'hoogstens'} {bound} vereist")
    return tuple(missed)
