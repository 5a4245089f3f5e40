"""The picture of a scanned page: what OCR reads, and what no OCR tells (black bars, ruling lines, bold print).

Coordinates are points from the top left corner. Rows and columns are searched as byte strings, which is fast enough
(0.2 s a page) without an image library.
"""

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pypdfium2.raw as pdfium

from ingest.layout import Word

Box = tuple[float, float, float, float]
_MIN_DPI, _MAX_DPI = 150, 300
_MAX_PIXELS = 40_000_000
_BAR = 20.0  # points: the shortest black bar that is looked for
_LINE = 14.0  # points: the shortest piece of a ruling line


@dataclass(frozen=True)
class Picture:
    """Grey values, row by row without padding."""

    width: int
    height: int
    dpi: float
    grey: bytes

    @property
    def pgm(self) -> bytes:
        """The picture as a PGM file."""
        return b"P5 %d %d 255\n" % (self.width, self.height) + self.grey

    @cached_property
    def _paper(self) -> int:
        """The usual brightness: paper, as most of a page is empty."""
        sample = sorted(self.grey[:: max(len(self.grey) // 5000, 1)])
        return sample[len(sample) // 2]

    def _ink(self, share: float) -> bytes:
        """1 for each pixel darker than this share of the paper."""
        limit = int(self._paper * share)
        return self.grey.translate(bytes(1 if value < limit else 0 for value in range(256)))

    @cached_property
    def _print(self) -> bytes:
        return self._ink(0.6)

    def bars(self) -> list[Box]:
        """Black boxes wider than a word and higher than a rule."""
        ink, unit, length = self._ink(0.4), 72 / self.dpi, int(_BAR * self.dpi / 72)
        groups: list[list[int]] = []  # x0, first row, x1, last row
        for y in range(self.height):
            for match in re.finditer(b"\x01{%d,}" % length, ink[y * self.width : (y + 1) * self.width]):
                for group in groups:
                    if y - group[3] <= 2 and match.start() < group[2] and match.end() > group[0]:
                        group[:] = min(group[0], match.start()), group[1], max(group[2], match.end()), y
                        break
                else:
                    groups.append([match.start(), y, match.end(), y])
        boxes = [(x0 * unit, top * unit, x1 * unit, (bottom + 1) * unit) for x0, top, x1, bottom in groups]
        return [box for box in boxes if box[3] - box[1] > 4 and box[2] - box[0] > 0.6 * (box[3] - box[1])]

    def edges(self) -> list[Box]:
        """Pieces of horizontal and vertical ruling lines; a crooked line gives several."""
        ink, unit, length = self._ink(0.8), 72 / self.dpi, int(_LINE * self.dpi / 72)
        pieces: list[Box] = []
        for y in range(self.height):
            for match in re.finditer(b"\x01{%d,}" % length, ink[y * self.width : (y + 1) * self.width]):
                pieces.append((match.start() * unit, y * unit, match.end() * unit, y * unit))
        for x in range(self.width):
            for match in re.finditer(b"\x01{%d,}" % length, ink[x :: self.width]):
                pieces.append((x * unit, match.start() * unit, x * unit, match.end() * unit))
        return pieces if len(pieces) < 3000 else []  # more is a photograph

    def stroke(self, word: Word) -> float:
        """The mean length of dark runs in a word, as a share of its size: bold print has thicker strokes."""
        scale = self.dpi / 72
        x0, x1 = max(int(word.x0 * scale), 0), min(int(word.x1 * scale) + 1, self.width)
        dark = runs = 0
        for y in range(max(int(word.top * scale), 0), min(int(word.bottom * scale) + 1, self.height)):
            row = b"\0" + self._print[y * self.width + x0 : y * self.width + x1]
            dark += row.count(1)
            runs += row.count(b"\0\1")
        return dark / runs / scale / word.size if runs and word.size else 0.0

    def height_of(self, word: Word) -> float:
        """The height of the ink of a word in points, from its middle outwards to the first empty gap; 0 where there is none."""
        scale = self.dpi / 72
        x0, x1 = max(int(word.x0 * scale), 0), min(int(word.x1 * scale) + 1, self.width)
        middle, reach, gap = int(word.middle * scale), int(1.2 * word.size * scale), max(int(0.12 * word.size * scale), 1)

        def last_inked(step: int) -> int:
            found = middle
            for y in range(middle, middle + step * reach, step):
                if not 0 <= y < self.height or abs(y - found) > gap + (found == middle) * reach // 4:
                    break
                if 1 in self._print[y * self.width + x0 : y * self.width + x1]:
                    found = y
            return found

        return (last_inked(1) - last_inked(-1)) / scale


def picture(page: Any) -> Picture:
    """Renders a pypdfium2 page in grey, at the resolution of its largest picture: enlarging makes OCR worse."""
    width, height = page.get_size()
    dpi = float(_MAX_DPI)
    images = [item for item in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE], max_depth=3)]
    if images:
        largest = max(images, key=lambda item: item.get_bounds()[2] - item.get_bounds()[0])
        left, _, right, _ = largest.get_bounds()
        dpi = min(max(max(largest.get_px_size()) * 72 / max(right - left, height, 1.0), _MIN_DPI), _MAX_DPI)
    dpi = min(dpi, 72 * (_MAX_PIXELS / (width * height)) ** 0.5)
    bitmap = page.render(scale=dpi / 72, grayscale=True)
    data, stride = bytes(bitmap.buffer), bitmap.stride
    rows = data if stride == bitmap.width else b"".join(data[y * stride : y * stride + bitmap.width] for y in range(bitmap.height))
    return Picture(bitmap.width, bitmap.height, dpi, rows[: bitmap.width * bitmap.height])
