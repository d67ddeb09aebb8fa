"""Arguments and output of the Python interface: forms of start times, unknown names, text that could control a terminal."""

from __future__ import annotations

import datetime

import numpy as np
import pandas as pd
import pytest

import coldsun as cs
from coldsun import console
from coldsun.arguments import _whole, parse_start

NOON = pd.Timestamp("2026-06-14T12:00Z")


@pytest.mark.parametrize("start", [
    "2026-06-14T12:00", "2026-06-14 12:00", "2026-06-14 12:00:00Z", "2026-06-14 14:00:00+02:00", np.datetime64("2026-06-14T12:00"),
    np.datetime64("2026-06-14T12", "h"), np.datetime64(NOON.value, "ns"), pd.Timestamp("2026-06-14 12:00"), NOON, datetime.datetime(2026, 6, 14, 12),
])
def test_a_start_is_accepted_in_every_form(network, start):
    assert parse_start(network, start) == NOON


def test_a_date_is_a_start_at_midnight(network):
    day = pd.Timestamp("2026-06-14", tz="UTC")
    assert parse_start(network, datetime.date(2026, 6, 14)) == parse_start(network, np.datetime64("2026-06-14")) == parse_start(network, "2026-06-14") == day


@pytest.mark.parametrize("start", ["2026-06", "today", "", "2026-06-14 12", np.datetime64("NaT"), np.datetime64("1912-04-15"), pd.NaT, 17, 1.5, [NOON]])
def test_an_ambiguous_start_is_refused(network, start):
    with pytest.raises(cs.InputError, match="accepted: an ISO 8601 time"):
        parse_start(network, start)


@pytest.mark.parametrize("name", ["cooler_ua", "supply", "", "T_SUPPLY"])
def test_replace_refuses_unknown_keys(network, name):
    with pytest.raises(ValueError, match="is not a key of"):
        network.replace({name: 320})


@pytest.mark.parametrize("value", [1.5, -1, np.nan, np.inf, 1e12])
def test_replace_refuses_a_fractional_or_negative_number_of_nodes(network, value):
    with pytest.raises(ValueError, match="n_field"):
        network.replace(n_field=value)


@pytest.mark.parametrize("value", [1.5, -1, np.nan, np.inf, "3", None, [3]])
def test_a_count_must_be_a_whole_number(value):
    with pytest.raises(cs.InputError, match="members = .*accepted: a whole number"):
        _whole("members", value, 1, 10)
    assert _whole("members", np.int64(3), 1, 10) == 3


def test_a_title_cannot_control_the_terminal(cli, lumped, tmp_path):
    title = r"\u001b]0;owned\u0007[bold red]Pilot[/] \u202e\u009b31m"
    path = tmp_path / "titled.toml"
    path.write_text(lumped.read_text(encoding="utf-8").replace('title = "Atacama pilot', f'title = "{title}', 1), encoding="utf-8")
    for answer in (cli("check", path), cli("run", path, "--hours", 0.1, "--out", tmp_path / "r")):
        assert answer.status == 0, answer.err
        text = answer.out + answer.err
        assert "owned" in text and "[bold red]Pilot[/]" in text, text
        assert not any(c in text for c in "\x1b\x07\u202e\x9b"), repr(text)


def test_clean_keeps_printable_text():
    text = "Café 20\u201330 °C, Ō, 2\u00a0kW, \u5929\u6587\n"
    assert console.clean(text) == text
    assert console.clean("a\x1b[0m\tb\x9b\u200b\ud800\n", lines=False) == "a?[0m b??? "


@pytest.mark.parametrize("name", ["x/../../../evil", "a+b"])
def test_a_site_name_with_path_or_wildcard_characters_is_refused(cli, lumped, tmp_path, name):
    """Regression: "x/../../../evil" wrote two folders above --out; "a+b" ended a shadow at its first acknowledgement."""
    path = tmp_path / "named.toml"
    path.write_text(lumped.read_text(encoding="utf-8").replace('name = "atacama"', f'name = "{name}"', 1), encoding="utf-8")
    answer = cli("run", path, "--hours", 0.1, "--out", tmp_path / "a" / "b" / "c")
    assert answer.status == 2 and "accepted: a name of letters, digits" in answer.err
    assert sorted(p.name for p in tmp_path.iterdir()) == ["named.toml"]
