"""End of a process while a twin runs in a daemon thread."""

from __future__ import annotations

import subprocess
import sys

import pytest

import coldsun as cs

CALLS = {"run": "twin.run(out=folder, progress=lambda share: going.set())", "step": "going.set(), twin.step(17_000)"}


@pytest.mark.parametrize("call", CALLS)
def test_a_process_with_a_twin_in_a_daemon_thread_keeps_its_exit_status_and_record(call, lumped, tmp_path):
    """Regression: status 134 instead of 3, "terminate called without an active exception"."""
    text = f"""
import threading
import coldsun as cs
twin, folder = cs.Twin({str(lumped)!r}, hours=48.0), {str(tmp_path / "record")!r}
going = threading.Event()
threading.Thread(target=lambda: ({CALLS[call]}), daemon=True).start()
assert going.wait(60)
raise SystemExit(3)
"""
    ended = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, timeout=240)
    assert ended.returncode == 3 and not ended.stderr, ended.stderr
    if call == "run":
        assert 1 <= cs.open_record(tmp_path / "record").sizes["time"] < 17_280
