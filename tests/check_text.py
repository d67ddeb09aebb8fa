"""What the rules of check_style.py read: the files of the project, their lines, C++ without comments and strings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

FOLDERS = ("kernels", "core", "python", "data", "validation", "tests")
CODE = {".hpp", ".cpp", ".cu", ".cuh", ".h"}
Found = Iterator[str]


def files(root: Path, suffixes: set[str], *folders: str) -> Iterator[Path]:
    for folder in folders or (*FOLDERS, "cmake", ".ci"):
        for path in sorted((root / folder).rglob("*")):
            if path.is_file() and path.suffix in suffixes and "__pycache__" not in path.parts:
                yield path


def name(root: Path, path: Path) -> str:
    return path.relative_to(root).as_posix()


def bare(text: str) -> str:
    """C++ text without comments and string contents; line breaks stay, so that line numbers hold."""

    def blank(match: re.Match[str]) -> str:
        piece = match.group(0)
        return '""' if piece[0] == '"' else "\n" * piece.count("\n") or " "

    return re.sub(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"', blank, text, flags=re.S)


def lines(root: Path, path: Path, stripped: bool = False) -> Iterator[tuple[str, str]]:
    text = path.read_text(encoding="utf-8")
    for number, line in enumerate((bare(text) if stripped else text).split("\n"), 1):
        yield f"{name(root, path)}:{number}", line
