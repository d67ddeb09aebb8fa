"""Tries the Python readers (fuzz_targets.py). Input k follows from (seed, k): fuzz_python.py TARGET [--inputs N] [--seconds S] [--seed K] [--state FILE].
An exception that users do not expect, or more than 20 s of processor time, ends the run with the input kept in STATE.input; it lies there before it is
tried, so that a crash leaves it too."""

from __future__ import annotations

import argparse
import json
import random
import signal
import sys
import tempfile
import time
from pathlib import Path

from fuzz_targets import TARGETS


def main() -> int:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("target", choices=TARGETS)
    for name, kind, usual in (("inputs", int, 1000), ("seconds", float, 1e9), ("seed", int, 1), ("state", Path, None)):
        words.add_argument(f"--{name}", type=kind, default=usual)
    a = words.parse_args()
    make_input, take = TARGETS[a.target]()
    state = a.state or Path(tempfile.gettempdir()) / f"coldsun_fuzz_{a.target}"
    state.parent.mkdir(parents=True, exist_ok=True)
    k = first = json.loads(state.read_text()) if a.state and a.state.is_file() else 0
    begin, taken, kept = time.monotonic(), 0, Path(f"{state}.input")

    def too_long(*_):
        raise TimeoutError("an input takes more than 20 s of processor time")

    signal.signal(signal.SIGPROF, too_long)
    while k < a.inputs and time.monotonic() - begin < a.seconds:
        text = make_input(random.Random(a.seed * 1_000_003 + k))
        kept.write_bytes(text)
        signal.setitimer(signal.ITIMER_PROF, 20)
        try:
            taken += take(text)
        except Exception as error:
            print(f"fuzz {a.target}: input {k} of seed {a.seed}: {type(error).__name__}: {error}; it lies in {kept}", file=sys.stderr)
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
