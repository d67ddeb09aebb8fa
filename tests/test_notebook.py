"""Notebooks run from top to bottom; the stop button ends a run with a complete record."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

import coldsun as cs

nbformat = pytest.importorskip("nbformat")
nbclient = pytest.importorskip("nbclient")
NOTEBOOKS = sorted((Path(__file__).resolve().parent.parent / "python" / "notebooks").glob("*.ipynb"))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_every_cell_runs(path, tmp_path):
    book = nbformat.read(path, as_version=4)
    nbformat.validate(book)
    assert all(not cell.get("outputs") for cell in book.cells), f"{path.name} must be committed without outputs"
    nbclient.NotebookClient(book, timeout=300, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}).execute()
    pictures = [out for cell in book.cells for out in cell.get("outputs", []) if "image/png" in out.get("data", {})]
    assert pictures, "a notebook must show a plot"


def test_the_stop_button_ends_a_run_with_a_complete_record(lumped, tmp_path):
    """The button sends SIGINT to the kernel while a cell runs."""
    from jupyter_client.manager import start_new_kernel

    manager, client = start_new_kernel(kernel_name="python3")
    try:
        site, out = str(lumped), str(tmp_path / "run")
        # the run waits in its progress function for the button, so that it cannot end before
        asked = client.execute(f"""import coldsun as cs, threading
def hold(share):
    if share > 0.5:
        threading.Event().wait()
cs.Twin(cs.load_site({site!r}), hours=3).run(out={out!r}, progress=hold)""")
        until = time.monotonic() + 300
        while not list(tmp_path.glob("run/segment_0000.nc")) and time.monotonic() < until:
            time.sleep(0.05)
        manager.interrupt_kernel()
        reply = client.get_shell_msg(timeout=300)
        while reply["parent_header"].get("msg_id") != asked:   # a slow kernel answers earlier requests first
            reply = client.get_shell_msg(timeout=300)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    assert reply["content"]["status"] == "error" and reply["content"]["ename"] == "KeyboardInterrupt"
    record = cs.open_record(tmp_path / "run")
    assert record.sizes["time"] > 360 and not list((tmp_path / "run").glob("*.part"))
