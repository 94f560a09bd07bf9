"""Time and memory of the contrastive loss, speed of the text encoder.

    python -m apps.benchmarks --output runs/speed

Every case runs in a process of its own, on every backend installed, and ends
as a line of `loss.csv` or `encoder.csv`; cases that are there already are not
run again. Then prints the tables and draws `loss.png`. All of it takes about
half an hour on two cores; `--largest 1024` stops at batches of 1,024. Leave
the machine alone meanwhile.

`--gpu` is for a GPU, see `apps.benchmarks.gpu.run`.
"""

import argparse
import csv
import importlib.metadata
import importlib.util
import json
import os
import platform
import subprocess
import sys
from pathlib import Path
from typing import Any

import keras

from apps.benchmarks.cases import BACKENDS
from apps.benchmarks.cases import ENCODER
from apps.benchmarks.cases import loss_cases
from apps.benchmarks.environment import environment
from apps.benchmarks.gpu.run import run_gpu
from apps.benchmarks.picture import draw_losses
from apps.benchmarks.tables import encoder_table
from apps.benchmarks.tables import loss_table
from apps.common.flags import WHOLE
from apps.common.flags import refusing
from apps.common.results import append_csv_row
from apps.common.results import check_writable
from apps.common.results import to_json
from apps.common.results import write_json

Row = dict[str, Any]


def main(argv: list[str] | None = None) -> list[Row]:
    """Runs what is missing; returns all rows of `loss.csv`."""
    parser = _parser()
    settings = parser.parse_args(argv)
    folder = Path(settings.output)
    if settings.gpu:
        with refusing(parser):
            backends = _backends(settings.backends)
            check_writable("output", folder / "gpu.jsonl")
            faces = settings.data_dir
            if faces is not None and not Path(faces).exists():
                raise ValueError(
                    "`data_dir` must have the files of UTKFace. "
                    f"Received: {faces}, which does not exist"
                )
        return run_gpu(folder, backends, settings.data_dir)
    encoders = folder / "encoder.csv"
    with refusing(parser):
        backends = _backends(settings.backends)
        cases = loss_cases(backends, settings.largest)
        if not cases:
            raise ValueError(
                "`--largest` must be the smallest batch, 128, or more. "
                f"Received: {settings.largest}"
            )
        losses = check_writable("output", folder / "loss.csv")
        _check_machine(folder / "machine.json")
    names = ("backend", "form", "batch", "features")
    for values in cases:
        case: Row = dict(zip(names, values, strict=True))
        _run_once(losses, case, "loss_case")
    if not settings.skip_encoder:
        pairs, units = ENCODER
        for backend in backends:
            case = {"backend": backend, "pairs": pairs, "units": units}
            _run_once(encoders, case, "encoder_case")
    rows = read_csv(losses)
    print(loss_table(rows))
    if encoders.exists():
        print(encoder_table(read_csv(encoders)))
    draw_losses(folder / "loss.png", rows)
    print(f"Wrote {folder}/loss.csv, encoder.csv, machine.json and loss.png.")
    return rows


def machine() -> dict[str, Any]:
    """What figures depend on: processor, cores and versions."""
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text().splitlines() if cpuinfo.exists() else []
    models = [x.partition(":")[2].strip() for x in lines if "model name" in x]
    return {
        "processor": models[0] if models else platform.processor(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "keras": keras.version(),
        **{
            name: importlib.metadata.version(name)
            for name in ("tensorflow", "tensorflow-cpu", "jax", "torch")
            if _is_installed(name)
        },
    }


def _check_machine(path: Path) -> None:
    """Writes down the machine, or refuses to add to another one's figures."""
    here = machine()
    before = path.read_text(encoding="utf-8") if path.exists() else None
    if before not in (None, to_json(here, indent=1)):
        raise ValueError(
            f"`--output`: {path} was written on another machine or with other "
            "versions. Choose another folder."
        )
    write_json(path, here)


def _run_once(path: Path, case: Row, module: str) -> None:
    """Runs a case in a process of its own, unless its row is there."""
    wanted = {name: str(value) for name, value in case.items()}
    if any(wanted.items() <= row.items() for row in read_csv(path)):
        return
    backend, *arguments = wanted.values()
    print(f"{module}: {', '.join(wanted.values())}", flush=True)
    result = subprocess.run(
        [sys.executable, "-m", f"apps.benchmarks.{module}", *arguments],
        env=environment(backend),
        capture_output=True,
        text=True,
        check=False,
    )
    if result.returncode:
        raise SystemExit(f"{' '.join(result.args)} failed:\n{result.stderr}")
    append_csv_row(path, json.loads(result.stdout.splitlines()[-1]))


def read_csv(path: Path) -> list[Row]:
    """Rows as text; none if the file is not there yet."""
    if not path.exists():
        return []
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _is_installed(name: str) -> bool:
    try:
        importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


def _installed() -> list[str]:
    return [b for b in BACKENDS if importlib.util.find_spec(b)]


def _backends(text: str) -> tuple[str, ...]:
    for backend in text.split(","):
        if backend not in _installed():
            raise ValueError(
                f"`--backends` must be among {', '.join(_installed())}. "
                f"Received: {backend}"
            )
    return tuple(text.split(","))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m apps.benchmarks",
        description="Speed and memory of the contrastive loss.",
    )
    parser.add_argument("--output", default="runs/speed")
    parser.add_argument(
        "--backends",
        default=",".join(_installed()),
        help="by commas (default: those installed)",
    )
    parser.add_argument("--largest", type=WHOLE, default=16384)
    parser.add_argument("--skip-encoder", action="store_true")
    parser.add_argument(
        "--gpu",
        action="store_true",
        help="what a GPU is for, on JAX and torch, in at most 8 minutes",
    )
    parser.add_argument(
        "--data-dir", help="with --gpu: folder with the files of UTKFace"
    )
    return parser
