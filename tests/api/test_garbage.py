"""A process that serves does not stop to look for garbage that is not there."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = """
import gc
from starlette.testclient import TestClient
import api.app

made = api.app.app
assert gc.get_freeze_count() > 10_000, "what is there at the start is looked through again and again"
looks = []
gc.callbacks.append(lambda phase, _info: looks.append(phase))
with TestClient(made, base_url="http://localhost", client=("127.0.0.1", 1)) as client:
    client.get("/health/live")
    looks.clear()
    assert all(client.get("/health/live").status_code == 200 for _ in range(50))
assert gc.isenabled()
assert looks == [], looks
made_of_cycles = [[] for _ in range(30_000)]
for one in made_of_cycles:
    one.append(one)
del made_of_cycles, one
filled = [[] for _ in range(30_000)]
assert looks != [], "cycles would stay for ever"
"""


def test_a_service_looks_for_garbage_only_when_there_may_be_some():
    done = subprocess.run([sys.executable, "-c", PROGRAM], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
