"""How XLA compiles in tests on JAX, here and in processes that tests start."""

import atexit
import os
import tempfile

# XLA optimizes for longer than tests of this size run, and its emitters take
# twice the time of plain loops, which it had before them, for one operation.
# What it makes of the code with both, `tests.fuzz` tries.
QUICKLY = " ".join(
    [
        "--xla_backend_optimization_level=0",
        "--xla_cpu_use_fusion_emitters=false",
    ]
)


def compile_quickly():
    """For this process and those it starts; before JAX is imported.

    What one of them has compiled, the others read from a folder of this run.
    """
    os.environ.setdefault("XLA_FLAGS", QUICKLY)
    if "JAX_COMPILATION_CACHE_DIR" in os.environ:
        return
    folder = tempfile.TemporaryDirectory(prefix="compiled-")
    atexit.register(folder.cleanup)
    os.environ.update(
        JAX_COMPILATION_CACHE_DIR=folder.name,
        JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS="0",
        JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES="-1",
    )
