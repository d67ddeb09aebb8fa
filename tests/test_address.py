"""Addresses of brokers: a password in one is shown in no text; a password file gives the password or one sentence."""

from __future__ import annotations

import pytest

import coldsun as cs
from coldsun.mqtt import Address


@pytest.mark.parametrize("url", ["plant:hush@host:1883", "mqtt:plant:hush@host", "mqtt:/plant:hush@host", "mqtt//plant:hush@host", "tcp://plant:hush@host",
                                 "mqtt://plant:12/hush@host", "mqtt://plant:77#hush@host", "mqtt://plant:8?hush@host", "mqtt://plant:hush@is@host",
                                 "mqtt://plant:hush@host:x", "mqtt://plant:[hush@host"])
def test_a_password_in_a_malformed_address_is_not_shown(url):
    """Regression: the journal of a service had it."""
    with pytest.raises(cs.InputError) as told:
        Address.of(url)
    text = str(told.value)
    assert "hush" not in text and "plant" not in text and text.startswith("feed") and "accepted: mqtt[s]://[user@]host[:port]" in text


def test_a_password_file_with_a_byte_order_mark_gives_the_password(tmp_path):
    path = tmp_path / "secret"
    path.write_bytes(b"\xef\xbb\xbfgr\xc3\xbcn\r\nsecond line\r\n")
    assert Address("localhost", user="plant", password_file=path).password() == "grün"


def test_a_password_file_in_latin_1_gives_one_sentence(tmp_path):
    """Regression: a traceback."""
    path = tmp_path / "secret"
    path.write_bytes("grün\n".encode("latin-1"))
    with pytest.raises(cs.InputError) as told:
        Address("localhost", user="plant", password_file=path).password()
    assert str(told.value) == f"password_file = {path}: byte 3 is not UTF-8; accepted: UTF-8, password in the first line"
