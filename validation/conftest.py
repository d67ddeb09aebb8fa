"""Fixtures of the validation: pilots' files with parts of them replaced, so that one thing at a time is compared."""

from __future__ import annotations

import os
import re

os.environ.setdefault("MPLBACKEND", "Agg")

import pytest  # noqa: E402

import coldsun as cs  # noqa: E402


@pytest.fixture
def site(tmp_path):
    """site("atacama", LUMPED, CLEAR): a shipped site with these lines replaced; each must be there."""

    def make(name: str, *changes: dict[str, str]):
        text = (cs.data_folder() / "sites" / f"{name}.toml").read_text(encoding="utf-8")
        for change in changes:
            for pattern, line in change.items():
                text, n = re.subn(pattern, line, text, flags=re.M)
                assert n, f"{name}.toml has no line {pattern}"
        path = tmp_path / f"{name}.toml"
        path.write_text(text, encoding="utf-8")
        return cs.load_site(path)

    return make
