"""What only a new process of Python can tell."""

import os
import subprocess
import sys


def last_line_of(code):
    """What code prints last that imports what can be imported here."""
    result = subprocess.run(
        [sys.executable, "-c", code],
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
        },
        capture_output=True,
        text=True,
        check=True,
    )
    return result.stdout.splitlines()[-1]
