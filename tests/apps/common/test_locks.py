import subprocess
import sys
import threading

import pytest

from apps.common.locks import held_alone

pytestmark = pytest.mark.no_backend

HOLD = """
import sys
from pathlib import Path
from apps.common.locks import held_alone
with held_alone(Path(sys.argv[1]), False):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def holder(tmp_path):
    """Another process, with the lock."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, tmp_path / "lock"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdout.readline() == b"held\n"
    yield process
    process.kill()
    process.communicate()


def test_who_does_not_wait_is_told_who_is_there(holder, tmp_path):
    with (
        pytest.raises(ValueError, match=f"process {holder.pid} holds"),
        held_alone(tmp_path / "lock", waits=False),
    ):
        pass


def test_who_waits_is_told_and_goes_on_after_a_kill(holder, tmp_path, capsys):
    threading.Timer(0.5, holder.kill).start()
    with held_alone(tmp_path / "lock", waits=True):
        assert f"process {holder.pid} holds" in capsys.readouterr().out
    # Nor does anybody wait for what is let go.
    with held_alone(tmp_path / "lock", waits=False):
        assert capsys.readouterr().out == ""
