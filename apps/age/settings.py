"""Settings of a run, and the presets they start from."""

import argparse
import json
from dataclasses import asdict
from dataclasses import dataclass
from dataclasses import field
from typing import Any

from apps.common.flags import POSITIVE
from apps.common.flags import SEED
from apps.common.flags import WHOLE
from apps.common.flags import Number
from apps.common.flags import json_object
from apps.data.faces.problem import BACKBONE
from apps.data.faces.problem import BUDGET
from apps.data.faces.problem import IMAGE_SIZE
from apps.data.faces.problem import TITLES
from apps.data.faces.problem import WIDTH
from keras_groupdir.recipes import RECIPES
from keras_groupdir.recipes import Recipe
from keras_groupdir.recipes import make_recipe

CHOICES: dict[str, tuple[str, ...]] = {
    "preset": ("cpu", "paper"),
    "dataset": tuple(TITLES),
    "method": tuple(RECIPES),
    "prior_correction": ("validation", "none"),
    "schedule": ("one_cycle", "steps", "constant"),
    "strategy": ("none", "mirrored", "multi_worker", "data_parallel"),
    "precision": ("float32", "mixed_bfloat16", "mixed_float16"),
}

# Of what is not text, JSON or a switch.
TYPES: dict[str, Number] = {
    "seed": SEED,
    "width": POSITIVE,
    "image_size": Number("a whole number from 8 to 2,048", int, 8, 2048),
    "pretrain_epochs": WHOLE,
    "epochs": WHOLE,
    "batch_size": WHOLE,
    "learning_rate": POSITIVE,
}


@dataclass(frozen=True)
class Settings:
    """What `python -m apps.age` can be told; defaults are the CPU preset."""

    dataset: str = "utkface_dir"
    data_dir: str | None = None
    cache_dir: str | None = None
    output: str = "runs/age"
    logs: str = "logs/age"
    resume: bool = False
    preset: str = "cpu"
    seed: int = 0

    method: str = "groupdir"
    settings: dict[str, Any] = field(default_factory=dict)
    prior_correction: str = "validation"

    backbone: str = BACKBONE
    backbone_config: dict[str, Any] = field(default_factory=dict)
    width: float = WIDTH
    image_size: int = IMAGE_SIZE
    pretrain_epochs: int = BUDGET.epochs
    epochs: int = BUDGET.epochs
    batch_size: int = BUDGET.batch_size
    learning_rate: float = BUDGET.learning_rate
    schedule: str = "one_cycle"

    strategy: str = "none"
    precision: str = "float32"

    @property
    def recipe(self) -> Recipe:
        """The recipe of the method, with its settings."""
        return make_recipe(self.method, **self.settings)


# Sizes and optimizer of the benchmark's own recipe; losses and routing as in
# the paper.
PAPER: dict[str, Any] = {
    "dataset": "agedb_dir",
    "method": "groupdir_paper",
    "prior_correction": "none",
    "backbone": "resnet50",
    "width": 1.0,
    "image_size": 224,
    "pretrain_epochs": 90,
    "epochs": 90,
    "batch_size": 256,
    "learning_rate": 1e-3,
    "schedule": "steps",
}
# `--settings` of the Group-DIR runs in `results/utkface_dir`. Their groups were
# over 0 to 120 years, those of the recipe are over 0 to 121.
COMMITTED: dict[str, Any] = {
    "num_groups": 12,
    "start": "centers",
    "contrastive_weight": 0.3,
    "group_weight": 1.0,
    "expert_weight": 10.0,
    "prediction_weight": 0.0,
}

_HELP = {
    "dataset": "which faces; the paper's are agedb_dir and imdb_wiki_dir",
    "data_dir": "folder with the files of the data set; without it, says which",
    "cache_dir": "folder that keeps decoded images (default: decode anew)",
    "output": "folder of the run: results, predictions, model, service",
    "logs": "TensorBoard folder",
    "resume": "go on with the run that stopped in --output",
    "preset": "cpu: minutes an epoch on two cores; paper: DIR's, for a GPU",
    "method": "a recipe of keras_groupdir.recipes",
    "settings": (
        "of the recipe, as JSON; the runs in results/utkface_dir had "
        f"{json.dumps(COMMITTED)}"
    ),
    "prior_correction": (
        "of a Group-DIR that does not correct itself: after training, weigh "
        "its groups as is best for validation"
    ),
    "backbone": (
        "resnet4, resnet10, resnet18, resnet50, a KerasHub preset, or the name "
        "of a class in keras_hub.models"
    ),
    "backbone_config": "arguments of that class, as JSON",
    "width": "channels of the ResNets, as a share of the usual",
    "pretrain_epochs": "epochs of a stage that trains the encoder alone",
    "epochs": "epochs of any other stage",
    "schedule": "of the learning rate; steps: divided by 10 twice, as in DIR",
    "strategy": (
        "mirrored: tf.distribute; data_parallel: JAX; multi_worker: JAX "
        "processes, told of each other by KERAS_DISTRIBUTION_*, with one "
        "--output for all"
    ),
}


def make_parser() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="python -m apps.age",
        description="Ages of faces by any recipe.",
        argument_default=argparse.SUPPRESS,
    )
    for name, default in asdict(Settings()).items():
        flag = f"--{name.replace('_', '-')}"
        paper = f", paper: {PAPER[name]}" if name in PAPER else ""
        text = _HELP.get(name, "")
        if default is not None:
            text = f"{text} (default: {default}{paper})".strip()
        if isinstance(default, bool):
            parser.add_argument(flag, action="store_true", help=text)
            continue
        parser.add_argument(
            flag,
            type=json_object if default == {} else TYPES.get(name, str),
            choices=CHOICES.get(name),
            help=text,
        )
    return parser


def parse(argv: list[str] | None) -> Settings:
    """Reads the command line: defaults, then the preset, then the rest."""
    given = vars(make_parser().parse_args(argv))
    preset = PAPER if given.get("preset") == "paper" else {}
    return Settings(**{**preset, **given})


def as_flags(settings: Settings) -> dict[str, Any]:
    """Settings as a dict without what differs between machines."""
    flags = asdict(settings)
    for name in ("data_dir", "cache_dir", "output", "logs", "resume"):
        del flags[name]
    return flags
