"""Fixtures of the Python tests: a pilot whose nodes are all lumped (fast), one recorded run, the command line in this process."""

from __future__ import annotations

import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

import coldsun as cs
from coldsun import cli as command_line

os.environ.setdefault("MPLBACKEND", "Agg")


@pytest.fixture(scope="session")
def lumped(tmp_path_factory) -> Path:
    """The Atacama pilot's file with every node lumped: two simulated hours in a second."""
    text = (cs.data_folder() / "sites" / "atacama.toml").read_text(encoding="utf-8")
    path = tmp_path_factory.mktemp("site") / "lumped.toml"
    path.write_text(re.sub(r"^n_field = .*$", "n_field = 0", text, flags=re.M), encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def network(lumped):
    return cs.load_site(lumped)


@pytest.fixture(scope="session")
def recorded(network, tmp_path_factory) -> Path:
    """The record of two and a half hours: three segments, the last one short."""
    folder = tmp_path_factory.mktemp("run") / "record"
    cs.Twin(network, hours=2.5, start="2026-06-14T12:00Z").run(out=folder, progress=False)
    return folder


@dataclass
class Result:
    """What a command left: exit status, standard output, standard error."""

    status: int
    out: str
    err: str

    @property
    def errors(self) -> list[str]:
        """Lines of standard error beside warnings and what a run says of itself."""
        return [line for line in self.err.splitlines() if line.startswith("Error") or "Traceback" in line]


@pytest.fixture
def cli(monkeypatch, capsys):
    """Runs the command line in this process."""

    def call(*words) -> Result:
        monkeypatch.setattr(sys, "argv", ["coldsun", *map(str, words)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as exit:
            command_line.main()
        text = capsys.readouterr()
        return Result(exit.value.code or 0, text.out, text.err)

    return call
