"""Bytes of a text file to text: by its byte order mark, else UTF-8, else UTF-16 without a mark, else windows-1252."""

import codecs

_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def decode(data: bytes) -> str:
    """The text with line ends as \\n; never fails: what has no meaning in the chosen encoding becomes U+FFFD."""
    return data.decode(_encoding(data), errors="replace").replace("\r\n", "\n").replace("\r", "\n")


def _encoding(data: bytes) -> str:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return encoding
    sample = data[:4096]
    if len(sample) >= 4 and sample.count(0) >= len(sample) // 3:  # Latin text in UTF-16 is half zero bytes
        return "utf-16-le" if sample[1::2].count(0) > sample[::2].count(0) else "utf-16-be"
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"
