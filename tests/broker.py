"""A Mosquitto broker on a loopback port of its own, and commands of coldsun in processes of their own."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass
class Broker:
    """Can be killed and started again."""

    folder: Path
    port: int
    process: subprocess.Popen | None = None

    def start(self, access: str = "allow_anonymous true") -> None:
        config = self.folder / "mosquitto.conf"
        config.write_text(f"listener {self.port} 127.0.0.1\n{access}\n", encoding="ascii")
        self.process = subprocess.Popen([mosquitto(), "-c", str(config)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(100):
            with socket.socket() as s:
                if s.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)
        raise RuntimeError("the broker did not start")

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    @property
    def url(self) -> str:
        return f"mqtt://127.0.0.1:{self.port}"


def certificates(folder: Path) -> tuple[Path, Path, Path]:
    """An authority of the test's own, and certificate and key that it signed for 127.0.0.1, by openssl."""
    names = ca, ca_key, cert, key, asked, said = [folder / n for n in ("ca.pem", "ca.key", "cert.pem", "key.pem", "asked.pem", "said.cnf")]
    said.write_text("subjectAltName = IP:127.0.0.1\n", encoding="ascii")
    new = ["openssl", "req", "-newkey", "rsa:2048", "-nodes", "-subj"]
    for words in ([*new, "/CN=test authority", "-x509", "-days", "2", "-keyout", ca_key, "-out", ca],
                  [*new, "/CN=127.0.0.1", "-keyout", key, "-out", asked],
                  ["openssl", "x509", "-req", "-days", "2", "-in", asked, "-CA", ca, "-CAkey", ca_key, "-CAcreateserial", "-extfile", said, "-out", cert]):
        subprocess.run([str(w) for w in words], check=True, capture_output=True)
    for n in names:
        n.chmod(0o644)   # the broker drops its rights
    return ca, cert, key


def mosquitto() -> str | None:
    return shutil.which("mosquitto", path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")


@contextmanager
def running_broker(folder: Path):
    if os.environ.get("CI"):   # make installs both: without them these tests would pass unseen
        import paho.mqtt.client  # noqa: F401

        assert mosquitto(), "no Mosquitto broker"
    pytest.importorskip("paho.mqtt.client", reason="paho-mqtt is not installed (pip install 'coldsun[live]')")
    if mosquitto() is None:
        pytest.skip("no Mosquitto broker on this machine (apt: mosquitto)")
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    b = Broker(folder, port)
    b.start()
    try:
        yield b
    finally:
        b.kill()


@contextmanager
def commands():
    """A function that starts a command of coldsun; what still runs at the end is killed."""
    started = []

    def start(*words, **more) -> subprocess.Popen:
        p = subprocess.Popen([sys.executable, "-m", "coldsun.cli", *map(str, words)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **more)
        started.append(p)
        return p

    try:
        yield start
    finally:
        for p in started:
            if p.poll() is None:
                p.kill()
            p.communicate()
