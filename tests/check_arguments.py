"""The rule of check_style.py about lists of arguments: no more than six by position."""

from __future__ import annotations

import re
from pathlib import Path

from check_text import CODE, Found, bare, files, name

MOST_ARGUMENTS = 6
FREE = re.compile(  # others' functions, and our own whose arguments are alike by nature: texts to format, fields of one line, fields to compare
    r"(?:\b(?:printf|fprintf|snprintf|format|format_to|fail|H5\w+|run_team_checked|F|dict|def|COLDSUN_\w+)|\benum[^{]*)$"
)
NUMBER = re.compile(r"[-+]?[.\d][\w.'+-]*|\"\"")


def arguments(text: str) -> list[str]:
    """What stands between the commas of a list, those inside brackets and template arguments apart."""
    flat = re.sub(r"\b(?:[A-Z]\w*|span|map|set|pair|vector|function|array)\s*<[^<>;()]*(?:<[^<>]*>[^<>;()]*)?>", "T", text)
    found, depth, one = [], 0, ""
    for letter in flat:
        depth += (letter in "([{") - (letter in ")]}")
        if letter == "," and depth == 0:
            found.append(one.strip())
            one = ""
        else:
            one += letter
    return [x for x in (*found, one.strip()) if x]


def argument_lists(root: Path) -> Found:
    """No more than six arguments by position: two of them are exchanged and nobody sees it. Names (.x = ...) are free, tables of numbers too."""
    for path in files(root, CODE, "kernels", "core"):
        if name(root, path).startswith("core/io/"):  # not yet
            continue
        text = bare(path.read_text(encoding="utf-8"))
        stack: list[tuple[int, str]] = []
        for at, letter in enumerate(text):
            if letter in "({":
                stack.append((at, letter))
            elif letter in ")}" and stack:
                start, opened = stack.pop()
                inner, before = text[start + 1 : at], text[max(0, start - 80) : start].rstrip()
                if ";" in inner or inner.count(",") < MOST_ARGUMENTS or (opened == "(" and not re.search(r"\w>?$", before)) or FREE.search(before):
                    continue
                given = arguments(inner)
                row = bool(stack) and stack[-1][1] == "{" and '""' in given  # of a table of texts and numbers
                alike = all(NUMBER.fullmatch(x) or x[0] in "{&" for x in given) or before.endswith(("add(", "largest("))
                table = row or alike or re.search(r"\[[^\]]*\]\s*=?$", before)
                if len(given) > MOST_ARGUMENTS and not table and not given[0].startswith(".") and '"_a' not in inner:
                    line = text.count("\n", 0, start) + 1
                    yield f"{name(root, path)}:{line}: {len(given)} arguments by position; accepted: {MOST_ARGUMENTS}, or by name"
