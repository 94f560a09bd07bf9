"""Settings of a run, and the presets they start from."""

import argparse
from dataclasses import asdict
from dataclasses import dataclass
from dataclasses import fields
from typing import Any

from keras_groupdir.checks import check_positive
from keras_groupdir.checks import check_whole
from keras_groupdir.layers.routing import ROUTINGS

CHOICES: dict[str, tuple[str, ...]] = {
    "preset": ("cpu", "paper"),
    "dataset": ("agedb_dir", "imdb_wiki_dir", "utkface_dir"),
    "method": ("vanilla", "groupdir"),
    "routing": ROUTINGS,
    "balance": ("validation", "none"),
    "reweight": ("none", "inverse", "sqrt_inverse"),
    "recipe": ("joint", "two_stage"),
    "second_stage": ("finetune", "probe"),
    "schedule": ("one_cycle", "steps", "constant"),
    "strategy": ("none", "mirrored", "multi_worker", "data_parallel"),
    "precision": ("float32", "mixed_bfloat16", "mixed_float16"),
}


@dataclass(frozen=True)
class Settings:
    """What `python -m apps.age` can be told; defaults are the CPU preset."""

    dataset: str = "utkface_dir"
    data_dir: str | None = None
    cache_dir: str | None = None
    output: str = "results/age"
    logs: str = "logs/age"
    resume: bool = False
    preset: str = "cpu"
    seed: int = 0

    method: str = "groupdir"
    routing: str = "mixture"
    num_groups: int = 12
    beta: float = 1.0
    temperature: float = 0.2
    contrastive_weight: float = 0.3
    soft_weight: float = 1.0
    expert_weight: float = 10.0
    balance: str = "validation"
    reweight: str = "none"
    smooth_density: bool = False

    backbone: str = "resnet18"
    backbone_config: str = "{}"
    width: float = 0.5
    image_size: int = 64
    recipe: str = "joint"
    second_stage: str = "finetune"
    pretrain_epochs: int = 12
    epochs: int = 12
    batch_size: int = 64
    learning_rate: float = 2e-3
    schedule: str = "one_cycle"

    strategy: str = "none"
    precision: str = "float32"


# Sizes and optimizer of the benchmark's own recipe; routing as in the paper.
PAPER: dict[str, Any] = {
    "dataset": "agedb_dir",
    "backbone": "resnet50",
    "width": 1.0,
    "image_size": 224,
    "batch_size": 256,
    "epochs": 90,
    "pretrain_epochs": 90,
    "learning_rate": 1e-3,
    "schedule": "steps",
    "contrastive_weight": 1.0,
    "routing": "hard",
    "balance": "none",
}

_HELP = {
    "dataset": "which faces; the paper's are agedb_dir and imdb_wiki_dir",
    "data_dir": "folder with the files of the data set; without it, says which",
    "cache_dir": "folder that keeps decoded images (default: decode anew)",
    "output": "folder of the run: results, predictions, model, service",
    "logs": "TensorBoard folder",
    "resume": "go on with the run that stopped in --output",
    "preset": "cpu: minutes an epoch on two cores; paper: DIR's, for a GPU",
    "method": "vanilla: one linear unit",
    "routing": "how Group-DIR predicts",
    "balance": (
        "after training, correct the routing of Group-DIR for common groups, "
        "as much as is best for validation"
    ),
    "reweight": "weigh samples by the density of their age",
    "smooth_density": "smooth that density first (LDS)",
    "backbone": (
        "resnet10, resnet18, resnet50, a KerasHub preset, or the name of a "
        "class in keras_hub.models"
    ),
    "backbone_config": "arguments of that class, as JSON",
    "width": "channels of the ResNets, as a share of the usual",
    "recipe": "two_stage: contrastive encoder first, then the heads",
    "second_stage": "train all of it, or the heads on a frozen encoder",
    "pretrain_epochs": "epochs of the first of two stages",
    "schedule": "of the learning rate; steps: divided by 10 twice, as in DIR",
    "strategy": (
        "mirrored: tf.distribute; data_parallel: JAX; multi_worker: JAX "
        "processes, told of each other by KERAS_DISTRIBUTION_*, with one "
        "--output for all"
    ),
}


def parse(argv: list[str] | None) -> Settings:
    """Reads the command line: defaults, then the preset, then the rest."""
    parser = argparse.ArgumentParser(
        prog="python -m apps.age",
        description="Ages of faces by Group-DIR or plain regression.",
        argument_default=argparse.SUPPRESS,
    )
    for field in fields(Settings):
        flag = f"--{field.name.replace('_', '-')}"
        default = PAPER.get(field.name)
        shown = f"{field.default}" + (f", paper: {default}" if default else "")
        text = _HELP.get(field.name, "")
        if field.default is not None:
            text = f"{text} (default: {shown})".strip()
        if isinstance(field.default, bool):
            parser.add_argument(flag, action="store_true", help=text)
            continue
        parser.add_argument(
            flag,
            type=str if field.default is None else type(field.default),
            choices=CHOICES.get(field.name),
            help=text,
        )
    given = vars(parser.parse_args(argv))
    preset = PAPER if given.get("preset") == "paper" else {}
    settings = Settings(**{**preset, **given})
    for name in ("epochs", "pretrain_epochs", "batch_size"):
        check_whole(name, getattr(settings, name), at_least=1)
    check_positive("learning_rate", settings.learning_rate)
    return settings


def as_flags(settings: Settings) -> dict[str, Any]:
    """Settings as a dict without what differs between machines."""
    flags = asdict(settings)
    for name in ("data_dir", "cache_dir", "output", "logs", "resume"):
        del flags[name]
    return flags
