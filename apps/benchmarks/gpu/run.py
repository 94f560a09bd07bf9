"""All parts on a GPU, in at most eight minutes.

    python -m apps.benchmarks --gpu --output runs/gpu

The contrastive loss at batches of 4,096 to 65,536 against the plain product
`z @ z.T`; ResNet-50 at 224 pixels in bfloat16, images a second with a linear
unit and with Group-DIR's head; an epoch of faces with the paper's settings, or
as much as its time allows. On JAX and torch, whichever are installed. A line of
`gpu.jsonl` each; the same command goes on where it was. On a CPU all sizes are
scaled down to what takes seconds, and every line says so.
"""

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from apps.benchmarks.environment import environment
from apps.common.results import append_json_line
from apps.common.results import check_writable
from apps.common.results import read_json_lines
from keras_groupdir.reports import markdown_table
from keras_groupdir.reports import plain

Line = dict[str, Any]

BACKENDS = ("jax", "torch")
# Of one backend; two of them are within eight minutes with their starts.
SECONDS = {"loss": 70, "head": 60, "faces": 70}
# To start, and to end the case at hand; then the process is stopped.
GRACE = 30
FULL = 480.0


def run_gpu(
    folder: str | Path, backends: tuple[str, ...], data_dir: str | None = None
) -> list[Line]:
    """Runs what is missing; returns all lines.

    Args:
        folder: Of `gpu.jsonl`.
        backends: Which of `BACKENDS`; others are left out.
        data_dir: Folder with the files of UTKFace. Without it images are made
            up.
    """
    path = check_writable("output", Path(folder) / "gpu.jsonl")
    started = time.perf_counter()
    for backend in (one for one in BACKENDS if one in backends):
        for part, seconds in SECONDS.items():
            left = FULL - (time.perf_counter() - started)
            if _is_done(path, backend, part):
                continue
            if left < GRACE:
                print(f"{backend}, {part}: no time left, run again for it.")
                continue
            print(f"{backend}, {part}: at most {seconds} s", flush=True)
            _run_part(path, backend, part, min(seconds, left), data_dir)
    lines = read_json_lines(path)
    print(_table(lines))
    return lines


def _is_done(path: Path, backend: str, part: str) -> bool:
    """A part writes its last line when it has ended."""
    return any(
        line.get("ended") == part and line["backend"] == backend
        for line in read_json_lines(path)
    )


def _run_part(
    path: Path, backend: str, part: str, seconds: float, data_dir: str | None
) -> None:
    """Lines that are there already are not written again."""
    given = [] if data_dir is None else [data_dir]
    command = [sys.executable, "-m", "apps.benchmarks.gpu.parts", part]
    known = [json.dumps(_case(line)) for line in read_json_lines(path)]
    try:
        result = subprocess.run(
            [*command, f"{seconds:.0f}", *given],
            env=environment(backend),
            capture_output=True,
            text=True,
            check=False,
            timeout=seconds + GRACE,
        )
        output, ended = result.stdout, result.returncode == 0
        if not ended:
            print(result.stderr[-500:], file=sys.stderr)
    except subprocess.TimeoutExpired as error:
        raw = error.stdout or b""
        output = raw.decode() if isinstance(raw, bytes) else raw
        ended = True  # it would not end the next time either
    for text in output.splitlines():
        line = json.loads(text) if text.startswith("{") else None
        if line and json.dumps(_case(line)) not in known:
            append_json_line(path, line)
    if ended:
        append_json_line(path, {"backend": backend, "ended": part})


def _case(line: Line) -> Line:
    measured = ("ms", "images_per_s", "seconds", "epoch_done", "error")
    return {k: v for k, v in line.items() if k not in measured}


def _table(lines: list[Line]) -> str:
    """A row for each case, with what was measured."""
    rows = [["backend", "device", "part", "case", "result"]]
    for line in lines:
        if "ended" in line:
            continue
        first = ("backend", "device", "part")
        case = {k: v for k, v in _case(line).items() if k not in first}
        result = {k: v for k, v in line.items() if k not in _case(line)}
        rows.append(
            [*(plain(line[key]) for key in first), _text(case), _text(result)]
        )
    return markdown_table(rows)


def _text(values: Line) -> str:
    return plain(", ".join(f"{key} {value}" for key, value in values.items()))
