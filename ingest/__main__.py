"""`python -m ingest PATH…` indexes; `… show FILE|DOCUMENT` prints what was understood; `… check` looks for faults in an index and
`… backup` and `… restore` keep it.
"""

import argparse
import sys
from pathlib import Path

from ingest.errors import OUT_OF_MEMORY, DossierError, out_of_memory
from ingest.settings import settings


def main(arguments: list[str] | None = None) -> int:
    """Exit status: 0 done, 1 some input failed, 2 wrong usage."""
    arguments = sys.argv[1:] if arguments is None else arguments
    try:
        commands = {"show": _show, "check": _check, "backup": _backup, "restore": _restore}
        if arguments and arguments[0] in commands:
            return commands[arguments[0]](arguments[1:])
        return _index(arguments)
    except DossierError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Afgebroken; wat klaar was, staat in de index. Start opnieuw om verder te gaan.", file=sys.stderr)
        return 1
    except BaseException as error:  # a panic of a library in Rust is no Exception
        if not out_of_memory(error):
            raise
        print(OUT_OF_MEMORY, file=sys.stderr)
        return 1


def _index(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m ingest",
        description="Indexeert documenten (.txt, .md, .pdf, .docx, .html); alleen wat nieuw of veranderd is wordt gedaan.",
        epilog="Zie ook: python -m ingest show BESTAND|STUK, check, backup BESTAND en restore BESTAND",
    )
    parser.add_argument("paths", nargs="+", type=Path, metavar="MAP_OF_BESTAND")
    parser.add_argument("--index", type=Path, default=settings().index, help="map van de index (%(default)s)")
    parser.add_argument("--jobs", type=int, default=2, help="bestanden die tegelijk gelezen worden (%(default)s)")
    parser.add_argument("--rebuild", action="store_true", help="alles opnieuw lezen en indexeren")
    options = parser.parse_args(arguments)
    from ingest.pipeline import index

    report = index(
        options.paths,
        options.index,
        jobs=options.jobs,
        rebuild=options.rebuild,
        progress=sys.stderr.isatty(),
        tell=lambda line: print(f"Overgeslagen: {line}", file=sys.stderr),
    )
    print(
        f"{len(report.indexed)} bestand(en) geïndexeerd ({report.documents} stukken, {report.passages} passages), "
        f"{len(report.unchanged)} ongewijzigd, {len(report.removed)} verwijderd, {len(report.failed)} overgeslagen; "
        f"{report.seconds.get('total', 0):.1f} s. Index: {options.index}"
    )
    return 1 if report.failed else 0


def _show(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m ingest show", description="Toont wat van een bestand of stuk is begrepen.")
    parser.add_argument("what", metavar="BESTAND|STUK", help="een bestand, of het id of de titel van een stuk in de index")
    parser.add_argument("--index", type=Path, default=settings().index, help="map van de index (%(default)s)")
    parser.add_argument("--json", action="store_true", help="als JSON")
    options = parser.parse_args(arguments)
    from ingest.show import show

    print(show(options.what, options.index, options.json))
    return 0


def _check(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m ingest check", description="Kijkt of een index heel is.")
    parser.add_argument("--index", type=Path, default=settings().index, help="map van de index (%(default)s)")
    parser.add_argument("--repair", action="store_true", help="herstel wat kan: vectoren worden opnieuw gemaakt uit de teksten")
    options = parser.parse_args(arguments)
    from ingest.check import check
    from ingest.lock import write_lock
    from ingest.repair import repair

    with write_lock(options.index):
        if options.repair:
            print("\n".join(repair(options.index, settings())) or "Er viel niets te herstellen.")
        faults = check(options.index, settings())
    print("\n".join(faults) or "De index is heel.")
    return 1 if faults else 0


def _backup(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m ingest backup",
        description="Bewaart de index, met gesprekken en uploads, in één bestand; ook terwijl de chat draait.",
    )
    parser.add_argument("archive", type=Path, metavar="BESTAND.tar")
    parser.add_argument("--index", type=Path, default=settings().index, help="map van de index (%(default)s)")
    options = parser.parse_args(arguments)
    from ingest.backup import backup

    kept = backup(options.index, options.archive, settings())
    print(f"{kept.documents} stukken, {kept.vectors} vectoren en {kept.files} andere bestanden bewaard in {options.archive}; nagekeken.")
    return 0


def _restore(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m ingest restore", description="Zet een back-up terug; ook terwijl de chat draait.")
    parser.add_argument("archive", type=Path, metavar="BESTAND.tar")
    parser.add_argument("--index", type=Path, default=settings().index, help="map van de index (%(default)s)")
    parser.add_argument("--replace", action="store_true", help="vervang de index; accounts, gesprekken en log blijven")
    options = parser.parse_args(arguments)
    from ingest.backup import restore

    kept = restore(options.archive, options.index, settings(), options.replace)
    print(f"{kept.documents} stukken, {kept.vectors} vectoren en {kept.files} andere bestanden teruggezet van {kept.created}; nagekeken.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
