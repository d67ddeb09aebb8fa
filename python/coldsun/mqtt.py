"""MQTT: address of a broker with user and TLS; a client that reconnects automatically."""

from __future__ import annotations

import logging
import os
import ssl
import time
from pathlib import Path
from urllib.parse import unquote, urlsplit

from .errors import InputError

PASSWORD = "COLDSUN_MQTT_PASSWORD"   # environment variable
SHAPE = "mqtt[s]://[user@]host[:port]"
log = logging.getLogger("coldsun")   # without a handler, Python prints warnings to standard error


class Address:
    """Address of a broker with user and TLS; its text has no password.

    InputError where arguments contradict each other or a file is missing.

    >>> Address.of("mqtt://plant@host")
    mqtt://plant@host:1883
    """

    def __init__(self, host: str, port: int | None = None, *, user: str | None = None, tls: bool = False, ca=None, cert=None, key=None,
                 password_file=None):
        if not tls and (ca or cert or key):
            raise InputError("ca, cert and key need TLS; accepted: mqtts://...")
        if (cert is None) != (key is None):
            raise InputError("cert or key is missing; accepted: both, or neither")
        if password_file is not None and user is None:
            raise InputError(f"password_file = {password_file}: no user; accepted: together with a user, {SHAPE}")
        for name, path in (("ca", ca), ("cert", cert), ("key", key), ("password_file", password_file)):
            if path is not None and not Path(path).is_file():
                raise InputError(f"{name} = {path}: no such file; accepted: a file{'' if name == 'password_file' else ' in PEM'}")
        self.host, self.port, self.user, self.tls = host, port or (8883 if tls else 1883), user, tls
        self.ca, self.cert, self.key, self.password_file = ca, cert, key, password_file

    @classmethod
    def of(cls, url: str, **secure) -> Address:
        """Address from mqtt[s]://[user@]host[:port]; InputError for other text, and for a password: process lists and shell histories show it."""
        try:
            parts = urlsplit(url)
            port, password = parts.port, parts.password
            good = parts.scheme in ("mqtt", "mqtts") and parts.hostname and parts.path in ("", "/") and not parts.query and not parts.fragment
        except ValueError:
            good, port, password = False, None, "@" in url
        if password:
            raise InputError(f"feed: the address holds a password; accepted: {SHAPE}, with {PASSWORD} in the environment or --password-file")
        if not good:
            shown = "...@" + url.rpartition("@")[2] if "@" in url else url   # the part before @ may hold a password
            raise InputError(f"feed = {shown!r}; accepted: {SHAPE}")
        return cls(parts.hostname, port, user=unquote(parts.username) if parts.username else None, tls=parts.scheme == "mqtts", **secure)

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"mqtt{'s' if self.tls else ''}://{self.user + '@' if self.user else ''}{host}:{self.port}"

    __repr__ = __str__

    @property
    def wants(self) -> str:
        """Text on what a broker that refuses may accept."""
        return "a user and password of the broker" if self.user else f"a broker without login, or {SHAPE} with {PASSWORD} or --password-file"

    def password(self) -> str | None:
        """Password: first line of the password file, else the environment variable; InputError where the file is not UTF-8."""
        if self.password_file is not None:
            try:
                lines = Path(self.password_file).read_bytes().decode("utf-8-sig").splitlines()
            except UnicodeDecodeError as error:
                raise InputError(f"password_file = {self.password_file}: byte {error.start + 1} is not UTF-8; accepted: UTF-8, password in the first line"
                                 ) from None
            return lines[0] if lines else ""
        return os.environ.get(PASSWORD)


def client(name: str, at: Address):
    """A paho client that reconnects automatically; InputError where paho-mqtt is missing or a certificate is invalid."""
    try:
        import paho.mqtt.client as mqtt
    except ImportError:
        raise InputError("MQTT: paho-mqtt 2 is not installed; accepted: pip install 'coldsun[live]'") from None
    c = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id=f"coldsun-{name}-{time.time_ns()}", protocol=mqtt.MQTTv311)
    c.reconnect_delay_set(1, 5)
    if at.user is not None:
        c.username_pw_set(at.user, at.password())
        if not at.tls and at.host not in ("localhost", "127.0.0.1", "::1") and at.password() is not None:
            log.warning("%s: the password is sent unencrypted; mqtts:// encrypts it", at)
    if at.tls:
        try:
            context = ssl.create_default_context(cafile=None if at.ca is None else str(at.ca))
            if at.cert is not None:
                context.load_cert_chain(str(at.cert), str(at.key))
        except (ssl.SSLError, OSError) as error:
            raise InputError(f"{at}: ca, cert or key: {error}; accepted: certificates and a key without a password, in PEM") from None
        c.tls_set_context(context)
    return c


def connect(c, at: Address) -> None:
    """Connect a client; InputError where the broker cannot be reached or its certificate is not accepted."""
    try:
        c.connect(at.host, at.port, keepalive=20)
    except ssl.SSLError as error:
        raise InputError(f"{at}: {error}; accepted: a broker whose certificate is signed by the ca for this host") from None
    except (OSError, ValueError) as error:
        raise InputError(f"{at}: {error}; accepted: the address of a running broker") from None
