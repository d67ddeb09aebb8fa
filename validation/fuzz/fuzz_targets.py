"""What the Python readers are fed: valid inputs, how they are changed, and what may never come out. A target is a pair of functions:
chance -> bytes, and bytes -> taken or refused as users expect (anything else is a find)."""

from __future__ import annotations

import atexit
import contextlib
import random
import re
import shutil
import tempfile
import warnings
import zlib
from pathlib import Path

import h5py
import numpy as np
import weather_seeds

import coldsun as cs
from coldsun import _engine
from coldsun.frames import METADATA, VALUE, Buffer
from coldsun.payloads import parse_value
from coldsun.quality import Counts
from coldsun.replay import Replay
from coldsun.weather import read_weather

TOKENS = [b"nan", b"inf", b"1e999", b"-1", b"0", b"9" * 400, b"\x00", b"\xff\xfe", b",", b";", b"\n", b"\r",
          b'"', b"{", b"}", b"[", b"T", b"Z", b"24:00", b"\x1b[31m"]
MESSAGES = [b'{"value": 21.5, "timestamp": 1780000000000, "quality": 1}', b'{"value": "21.5", "timestamp": "2026-06-14T15:00:00Z"}']


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


def scratch() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="coldsun-fuzz-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def refused(read) -> str | None:
    """What `read` gives; None where it refuses in one sentence."""
    try:
        return read() or "taken"
    except cs.InputError as error:
        text = str(error)
        assert text and "\n" not in text and len(text) < 4000 and text.isprintable(), repr(text[:300])
        return None


# ---- messages and lines ----------------------------------------------------------------------------------------------------------------
POINTS = [dict(topic=f"{VALUE}CDU/T/x/cdu/{k}", name=f"x t{k}", scale=1.0, offset=273.15, units={"degC": (1.0, 273.15), "K": (1.0, 0.0)}) for k in range(3)]


def payload():
    def take(text: bytes) -> bool:
        reason = parse_value(text)[0]
        assert isinstance(reason, str) or reason is None
        return not reason

    return lambda chance: mutate(MESSAGES, chance), take


def metadata():
    """A retained unit and object, and a reading under it."""
    seeds = [b'{"engUnit": "degC", "objectId": "cdu-1"}', b'{"engUnit": "Cel", "objectId": 7}', b'{"engUnit": null}', b'{"engUnit":["K"],"objectId":{"a":1}}']

    def take(text: bytes) -> bool:
        buffer = Buffer(POINTS, Counts(), dt=10.0)
        topic = POINTS[0]["topic"]
        buffer.put(METADATA + topic[len(VALUE):], text)
        buffer.put(topic, MESSAGES[0])
        told = " ".join([buffer.refusals(), *buffer.alarms])
        assert told.isprintable() and len(told) < 4000, repr(told[:300])
        return not buffer.counts.by_reason and not buffer.alarms

    return lambda chance: mutate(seeds, chance), take


def replay():
    """A file of readings, taken to its end."""
    path = scratch() / "feed.csv"
    tags = [p["topic"].split("/", 5)[-1] for p in POINTS]
    lines = [f"{1_781_449_200_000 + 1000 * k},{POINTS[k % 3]['topic']},{20 + k % 7}.5" for k in range(60)]
    iso = [f"2026-06-14T15:00:{k:02d}Z;{POINTS[k % 3]['topic']};{20 + k % 7},5" for k in range(60)]
    short = [f"1781449200000,{t},1" for t in tags]
    seeds = ["\n".join(part).encode() for part in (["timestamp,tag,value", *lines], iso, lines[:5] + short)]

    def read() -> None:
        buffer = Buffer(POINTS, Counts(), dt=10.0)
        feed = Replay(path)
        feed.start(buffer, "x")
        first = buffer.first_stamp(0.0) or feed.first
        buffer.begin(first)
        feed.pull(first + 120_000_000_000)
        while (frame := buffer.take(first, 0.0)) is not None and first < feed.first + 120_000_000_000:
            assert not np.isinf(frame).any()
            first += 10_000_000_000
        told = " ".join([buffer.refusals(), *buffer.alarms])
        assert told.isprintable() and len(told) < 8000, repr(told[:300])

    def take(text: bytes) -> bool:
        path.write_bytes(text)
        return bool(refused(read))

    return lambda chance: mutate(seeds, chance), take


# ---- files -----------------------------------------------------------------------------------------------------------------------------
def weather(suffix: str, seed: bytes):
    """A whole year, changed inside its rows or anywhere: what is taken is finite in every column."""
    path = scratch() / f"mine{suffix}"

    def read() -> None:
        made = read_weather(path, 2026)
        for column in ("ghi", "dni", "dhi", "temp_air", "wind_speed", "pressure"):
            assert np.isfinite(getattr(made, column)).all(), column

    def take(text: bytes) -> bool:
        path.write_bytes(text)
        return bool(refused(read))

    return lambda chance: mutate([seed], chance) if chance.random() < 0.2 else weather_seeds.mutate_rows(seed, chance), take


def forge(path: Path, chance: random.Random) -> None:
    """Another tool's changes: values, types, shapes, attributes, links, names."""
    numbers = (0, -1, 1, 37, 1e6, -1e6, 1e30, float("nan"), float("inf"), 2**31 - 1, -(2**31), 2**62)
    with h5py.File(path, "r+") as file:
        names: list[str] = []
        file.visit(names.append)
        for _ in range(chance.randint(1, 3)):
            with contextlib.suppress(OSError, ValueError):   # what the library will not write
                name = chance.choice(names)
                if name not in file:
                    continue
                thing, way = file[name], chance.randrange(8)
                if way <= 2 and isinstance(thing, h5py.Dataset) and thing.size and thing.dtype.kind in "iuf":
                    data, value = thing[()], chance.choice(numbers)
                    flat = np.array(data).reshape(-1)
                    if thing.dtype.kind != "f":
                        of = np.iinfo(thing.dtype)
                        value = int(min(max(value, of.min), of.max)) if np.isfinite(value) else 0
                    begin = chance.randrange(flat.size)
                    flat[begin : begin + chance.choice((1, 1, 8, flat.size))] = value
                    thing[()] = flat.reshape(np.shape(data))
                elif way == 3:
                    del file[name]
                elif way == 4 and isinstance(thing, h5py.Dataset):
                    kept = dict(thing.attrs)
                    del file[name]
                    shape = tuple(chance.choice((0, 1, 2, 7, 361)) for _ in range(chance.randrange(4)))
                    made = file.create_dataset(name, shape, chance.choice(("f8", "f4", "i8", "u1", "S5")))
                    for key, value in kept.items():
                        if chance.random() < 0.7 and key not in ("DIMENSION_LIST", "REFERENCE_LIST"):
                            made.attrs[key] = value
                elif way == 5:
                    target = chance.choice((thing, file))
                    key = chance.choice([*target.attrs, "units", "coldsun_schema", "inputs_hash"])
                    target.attrs[key] = chance.choice((b"\xff\xfe", "x" * 70_000, 5, [1.5] * 9, np.array([b"abcd", b"ef"]), "\x1b[31m", ""))
                elif way == 6:
                    file[f"{name}_too" if chance.random() < 0.5 else f"more/{chance.randrange(9)}/a"] = chance.choice(
                        (h5py.SoftLink(f"/{name}"), h5py.ExternalLink("/etc/hostname", "/x"), np.zeros(3)))
                else:
                    other = chance.choice(names)
                    if other in file and not other.startswith(f"{name}/") and f"{name}_moved" not in file:
                        file.move(name, f"{name}_moved")


def segment():
    """A record's segment with its checkpoint: damaged bytes are refused, forged contents are refused or are a State that steps to finite numbers."""
    folder = scratch()
    site = folder / "lumped.toml"
    text = (cs.data_folder() / "sites" / "atacama.toml").read_text(encoding="utf-8")
    site.write_text(re.sub(r"^n_field = .*$", "n_field = 0", text, flags=re.M), encoding="utf-8")
    twin = cs.Twin(str(site), hours=0.1, start="2026-06-14T12:00Z")
    twin.run(0.05, out=folder / "record", progress=False)
    path = folder / "record" / "segment_0000.nc"
    whole, work = path.read_bytes(), folder / "forged.nc"

    def make(chance: random.Random) -> bytes:
        if chance.random() < 0.3:
            return mutate([whole], chance)
        work.write_bytes(whole[:-16])
        forge(work, chance)
        _engine.seal(str(work))
        return work.read_bytes()

    def read() -> None:
        if zlib.crc32(path.read_bytes()) % 16 == 0:   # seconds each, for the checkpoint's hundredths
            cs.open_record(path.parent).load()
        cs.record.check_segment(path)
        twin.load(path)
        twin.step(2)
        t, soc = twin.state["thermal"]["t_junction"], twin.state["electrical"]["soc"]
        assert ((t > 0) & (t < 2000)).all(), t[(t <= 0) | (t >= 2000)]
        assert ((soc >= 0) & (soc <= 1)).all(), soc

    def take(text: bytes) -> bool:
        path.write_bytes(text)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return text == whole or bool(refused(read))

    return make, take


TARGETS = {"payload": payload, "metadata": metadata, "replay": replay, "epw": lambda: weather(".epw", weather_seeds.epw()),
           "sam": lambda: weather(".csv", weather_seeds.sam()), "nsrdb": lambda: weather(".csv", weather_seeds.nsrdb()), "segment": segment}
