"""Terminal output. Text of files, feeds and records is cleaned first, so that it cannot control the terminal."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from rich import console
from rich.segment import Segment

_PLAIN = re.compile(r"[\n\x20-\x7e]*")


def clean(text: str, lines: bool = True) -> str:
    """Text with control characters, bidirectional marks and lone surrogates replaced by "?"; line ends are kept, or become blanks.

    >>> clean("a\\x1b[0m b\\n", lines=False)
    'a?[0m b '
    """
    if not _PLAIN.fullmatch(text):
        text = "".join(c if c == "\n" or c.isprintable() or unicodedata.category(c) == "Zs" else " " if c in "\t\r" else "?" for c in text)
    return text if lines else text.replace("\n", " ")


class Console(console.Console):
    """A rich console for plain text: no markup, no highlighting, and no control characters except its own."""

    def __init__(self, **settings):
        super().__init__(markup=False, highlight=False, emoji=False, **settings)

    def render(self, renderable, options=None) -> Iterator[Segment]:
        for part in super().render(renderable, options):
            yield part if part.control else Segment(clean(part.text), part.style)
