"""What a process of a benchmark finds in its environment."""

import os


def environment(backend: str) -> dict[str, str]:
    """That of this process, on a backend; torch's idle threads do not spin."""
    return {
        "OMP_WAIT_POLICY": "PASSIVE",
        **os.environ,
        "KERAS_BACKEND": backend,
    }
