"""Tries the Python parsers: payloads of a broker, EPW and SAM files. Input k follows from (seed, k): fuzz_python.py TARGET [--inputs N] [--seconds S]
[--seed K] [--state FILE]. An exception that users do not expect, or more than 20 s of processor time, ends the run with the input kept in STATE.input."""

from __future__ import annotations

import argparse
import json
import random
import signal
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

import coldsun as cs
from coldsun.payloads import parse_value
from coldsun.weather import read_weather

TOKENS = [b"nan", b"inf", b"1e999", b"-1", b"0", b"9" * 400, b"\x00", b"\xff\xfe", b",", b";", b"\n", b"\r",
          b'"', b"{", b"}", b"[", b"T", b"Z", b"24:00", b"\x1b[31m"]
MESSAGES = [b'{"value": 21.5, "timestamp": 1780000000000, "quality": 1}', b'{"value": "21.5", "timestamp": "2026-06-14T15:00:00Z"}']


def epw() -> bytes:
    head = ["LOCATION,Test,-,CHL,made,0,-22.92,-69.91,-4.0,1635.0", "DESIGN CONDITIONS,0", "TYPICAL/EXTREME PERIODS,0", "GROUND TEMPERATURES,0",
            "HOLIDAYS/DAYLIGHT SAVINGS,No,0,0,0", "COMMENTS 1,made", "COMMENTS 2,", "DATA PERIODS,1,1,Data,Sunday, 1/ 1,12/31"]
    sun = [max(0.0, 900.0 - 20.0 * (h - 12.5) ** 2) for h in range(24)]
    rows = [f"2005,1,{1 + k // 24},{1 + k % 24},0,?9,20.0,5.0,30,83000,0,1400,300,{0.9 * sun[k % 24]:.0f},{sun[k % 24]:.0f},60,0,0,0,0,180,3.0,"
            "0,0,20,77777,9,999999999,10,0.1,0,88,0.2,0,0" for k in range(72)]
    return "\n".join(head + rows).encode()


def sam() -> bytes:
    head = ["Source,Location ID,City,State,Country,Latitude,Longitude,Time Zone,Elevation", "made,1,Test,-,Chile,-22.92,-69.91,-4,1635",
            "Year,Month,Day,Hour,Minute,GHI,DNI,DHI,Temperature,Wind Speed,Pressure"]
    return "\n".join(head + [f"2005,1,{1 + k // 24},{k % 24},30,500,600,90,20.5,3.1,830" for k in range(72)]).encode()


def mutate(seeds: list[bytes], chance: random.Random) -> bytes:
    text = bytearray(chance.choice(seeds))
    for _ in range(chance.randint(1, 4)):
        at, way = chance.randrange(len(text) + 1), chance.randrange(6)
        if way == 0 and at < len(text):
            text[at] = chance.randrange(256)
        elif way == 1:
            del text[at : at + chance.choice((1, 4, 60, 600))]
        elif way == 2:
            text[at:at] = chance.choice(TOKENS)
        elif way == 3:
            del text[at:]
        elif way == 4:
            lines = bytes(text).split(b"\n")
            k = chance.randrange(len(lines))
            lines[k:k] = [lines[k]] * chance.choice((1, 2, 50))
            text = bytearray(b"\n".join(lines))
        else:
            piece = bytes(text[at : at + chance.randint(1, 9)])
            text[at:at] = piece * chance.choice((2, 30, 900))
        if not text:
            break
    return bytes(text)


def take_payload(text: bytes) -> bool:
    reason = parse_value(text)[0]
    assert isinstance(reason, str) or reason is None
    return not reason


def weather(suffix: str):
    path = Path(tempfile.mkdtemp(prefix="coldsun-fuzz-")) / f"mine{suffix}"

    def take(text: bytes) -> bool:
        path.write_bytes(text)
        try:
            made = read_weather(path, 2026)
        except cs.InputError as error:
            assert "\n" not in str(error) and len(str(error)) < 4000, str(error)[:300]
            return False
        for column in ("ghi", "dni", "dhi", "temp_air", "wind_speed", "pressure"):
            assert np.isfinite(getattr(made, column)).all(), column
        return True

    return take


TARGETS = {"payload": (MESSAGES, lambda: take_payload), "epw": ([epw()], lambda: weather(".epw")), "sam": ([sam()], lambda: weather(".csv"))}


def main() -> int:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("target", choices=TARGETS)
    for name, kind, usual in (("inputs", int, 1000), ("seconds", float, 1e9), ("seed", int, 1), ("state", Path, None)):
        words.add_argument(f"--{name}", type=kind, default=usual)
    a = words.parse_args()
    seeds, make = TARGETS[a.target]
    take, state = make(), a.state or Path(tempfile.gettempdir()) / f"coldsun_fuzz_{a.target}"
    state.parent.mkdir(parents=True, exist_ok=True)
    k = first = json.loads(state.read_text()) if a.state and a.state.is_file() else 0
    begin, taken = time.monotonic(), 0

    def too_long(*_):
        raise TimeoutError("an input takes more than 20 s of processor time")

    signal.signal(signal.SIGPROF, too_long)
    while k < a.inputs and time.monotonic() - begin < a.seconds:
        text = mutate(seeds, random.Random(a.seed * 1_000_003 + k))
        signal.setitimer(signal.ITIMER_PROF, 20)
        try:
            taken += take(text)
        except Exception as error:
            Path(f"{state}.input").write_bytes(text)
            print(f"fuzz {a.target}: input {k} of seed {a.seed}: {type(error).__name__}: {error}; it lies in {state}.input", file=sys.stderr)
            return 1
        k += 1
        if a.state and k % 256 == 0:
            state.write_text(json.dumps(k))
    if a.state:
        state.write_text(json.dumps(k))
    seconds = max(time.monotonic() - begin, 1e-9)
    print(f"{a.target:10} {k} of {a.inputs} inputs done; now {k - first} at {(k - first) / seconds:.0f} per s, {100 * taken / max(1, k - first):.0f} % taken")
    return 0


if __name__ == "__main__":
    sys.exit(main())
