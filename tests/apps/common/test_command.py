import subprocess
import sys

import pytest

pytestmark = pytest.mark.no_backend

# A command that Ctrl-C finds where Python passes errors on, or ignores them.
APP = """
import gc
import os
import signal
import sys
import time
from apps.common import command

# Commands in the background of a script are started without it.
signal.signal(signal.SIGINT, signal.default_int_handler)

def ctrl_c(*_):
    gc.callbacks.clear()
    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(0.01)

def collect():
    # As JAX does.
    gc.callbacks.append(ctrl_c)
    gc.collect()
    time.sleep(30)

def full():
    raise OSError(28, "No space left on device", "runs/run.json")

def warn():
    import tensorflow
    functions = [tensorflow.function(lambda x: x + 1) for _ in range(9)]
    [each(1) for each in functions]
    tensorflow.get_logger().error("The end.")
    raise SystemExit(1)

class made_up:
    main = {
        "now": ctrl_c, "ignored": collect, "full": full, "warn": warn
    }[sys.argv[1]]

sys.modules["made_up"] = made_up
command.run_app("made_up", "Go on with --resume.")
"""


@pytest.mark.parametrize(
    ("what", "status", "line"),
    [
        ("now", 130, "Stopped. Go on with --resume."),
        ("ignored", 130, "Stopped. Go on with --resume."),
        ("full", 1, "No space left on device: 'runs/run.json'"),
    ],
)
def test_it_ends_with_a_line(what, status, line):
    ended = subprocess.run(
        [sys.executable, "-c", APP, what],
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    assert ended.returncode == status
    assert line in ended.stderr.splitlines()[-1]
    assert "Traceback" not in ended.stderr


def test_that_it_traces_many_functions_is_not_told():
    pytest.importorskip("tensorflow")
    ended = subprocess.run(
        [sys.executable, "-c", APP, "warn"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "The end." in ended.stderr
    assert "retracing" not in ended.stderr
