"""Text of scanned pages, recognised by tesseract with Dutch data; both are optional and asked for by name when missing."""

import html
import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from statistics import median

from ingest.errors import LoadError
from ingest.layout import Word, cleaned
from ingest.picture import Picture

_INSTALL = "apt-get install tesseract-ocr tesseract-ocr-nld"
_DOUBTFUL = 40  # per cent
_TAG = re.compile(
    r"<span class='ocr_(?:line|header|textfloat|caption)'[^>]*?bbox (\d+) \d+ \d+ (\d+); baseline ([-\d.]+) ([-\d.]+); x_size ([\d.]+)"
    r"|<span class='ocrx_word'[^>]*?bbox (\d+) (\d+) (\d+) (\d+); x_wconf (\d+)[^>]*>(.*?)</span>",
    re.S,
)


def ocr_pages(pictures: Sequence[Picture], name: str) -> list[tuple[list[Word], float]]:
    """For each picture its words, in the order of tesseract's blocks, and the mean confidence in [0, 1].

    Raises LoadError with the install command where tesseract or its Dutch data is missing.
    """
    program = shutil.which("tesseract")
    if program is None:
        raise LoadError(f"{name}: is een scan zonder tekstlaag en tesseract ontbreekt; installeer het met: {_INSTALL}")
    return [_recognised(program, picture, name) for picture in pictures]


def _recognised(program: str, picture: Picture, name: str) -> tuple[list[Word], float]:
    command = [program, "stdin", "stdout", "-l", "nld", "--dpi", str(round(picture.dpi)), "hocr"]
    one_thread = os.environ | {"OMP_THREAD_LIMIT": "1"}  # more threads make it slower where cores are busy
    done = subprocess.run(command, input=picture.pgm, capture_output=True, check=False, env=one_thread)
    if done.returncode and b"nld" in done.stderr:
        raise LoadError(
            f"{name}: is een scan zonder tekstlaag en de Nederlandse gegevens van tesseract ontbreken; installeer ze met: {_INSTALL}"
        )
    if done.returncode:
        raise LoadError(f"{name}: tekstherkenning van een pagina mislukte (tesseract, status {done.returncode}).")
    unit, words = 72 / picture.dpi, list[Word]()
    sure = letters = 0
    start = foot = slope = size = 0.0
    found = _TAG.findall(done.stdout.decode("utf-8", "replace"))
    usual = median([float(entry[4]) for entry in found if entry[4]] or [0.0])
    for left, bottom, slant, offset, line_size, *box, confidence, inner in found:
        if line_size:
            start, foot, slope, size = float(left), float(bottom) + float(offset), float(slant), float(line_size)
            continue
        x0, top, x1, under = (float(value) for value in box)
        base = foot + slope * (x0 - start)  # boxes fit the ink; all words of a line are made equally high
        text = html.unescape(re.sub(r"<[^>]+>", "", inner)).strip()
        sure, letters = sure + int(confidence) * len(text), letters + len(text)
        if int(confidence) < _DOUBTFUL and size > 1.6 * usual:
            continue  # a speck, a fold or a picture
        if under - top < 0.2 * size and any(c.isalnum() for c in text):
            continue  # letters that low are a piece of a ruling line
        words.append(Word(text, x0 * unit, (base - 0.76 * size) * unit, x1 * unit, (base + 0.24 * size) * unit, size * unit))
    return cleaned(words), round(sure / letters / 100, 3) if letters else 0.0
