"""What a user can mistype, on every command line: one line says what it is."""

import importlib
import subprocess

import keras
import pytest

pytestmark = pytest.mark.no_backend

TRAINED = RuntimeError("it began to train")
BROKEN = {
    "empty.csv": b"",
    "binary.csv": b"price,a\n1,\xff\n",
    "quote.csv": b'price,a\n1,"x\n2,y\n3,z\n',
    "question.csv": b"price,a\n" + b"1,2\n2,3\n" * 9 + b"3,?\n",
    "huge.csv": b"price,a\n" + b"1,2\n2,3\n" * 9 + b"1e39,4\n",
    "typo.csv": b"price,a\n"
    + b"".join(b"%d,%d\n" % (i, i) for i in range(1000))
    + b"1000000000000,4\n",
    "empty/empty.npz": b"",
    "broken/broken.npz": b"PK\x03\x04",
    "broken.zip": b"PK\x03\x04 and no more",
    "empty.txt": b"",
    "nan.txt": b"dog 1 nan\n" * 9,
    "broken.json": b"{",
    "list.json": b"[1]",
    "other.json": b'{"a": 1}',
    "half.json": b'{"method": "vanilla", "seed": 0, "test": {}, "val": 3}',
    "bytes.json": b"\xff\xfe",
    "broken.jsonl": b'{"kind": "run"',
    "number.jsonl": b"3\n",
    "other.jsonl": b'{"kind": "run", "method": "vanilla"}\n',
    "empty.keras": b"",
    "broken.keras": b"PK\x03\x04",
    "file": b"",
}
for name in ("broken", "number", "other"):
    BROKEN[f"compare-{name}/vanilla.jsonl"] = BROKEN[f"{name}.jsonl"]
BROKEN["groups/lines.jsonl"] = BROKEN["broken.jsonl"]
BROKEN["run/results.json"] = BROKEN["half.json"]
BROKEN["run/predictions.npz"] = BROKEN["broken/broken.npz"]
BROKEN["speed/machine.json"] = BROKEN["broken.json"]

COMPARE = "apps.compare.compare"
GROUPS = "apps.compare.group_numbers"
DIAMONDS = "apps.diamonds.train"
MOLECULES = "apps.molecules.train"
STS_B = "apps.sts_b_dir.train"
AGE = "apps.age.train"
SERVICE = "apps.age.service"
SPEED = "apps.age.speed"
DDP = "apps.torch_ddp.train"
BENCHMARKS = "apps.benchmarks.run"
TABLE = "apps.table"
PAIR = "apps.compare.pair"
REPORT = "apps.age.report"
# App, flags, and what the line must hold. FOLDER has the files above.
CASES = [
    (COMPARE, ["diamond"], "diamond"),
    (COMPARE, ["diamonds", "--epochs=0"], "epochs"),
    (COMPARE, ["diamonds", "--epochs=-1"], "epochs"),
    (COMPARE, ["diamonds", "--epochs=1.5"], "epochs"),
    (COMPARE, ["diamonds", "--seeds"], "seeds"),
    (COMPARE, ["diamonds", "--seeds", "-1"], "seeds"),
    (COMPARE, ["diamonds", "--seeds", "99999999999"], "seeds"),
    (COMPARE, ["diamonds", "--seeds", "1", "1"], "seeds"),
    (COMPARE, ["diamonds", "--tries=0"], "tries"),
    (COMPARE, ["diamonds", "--methods", "magic"], "methods"),
    (COMPARE, ["diamonds", "--methods", "bmc", "bmc"], "methods"),
    (COMPARE, ["diamonds", "--verbose=-1"], "verbose"),
    (COMPARE, ["diamonds", "--methods", "bmc", "--settings={"], "settings"),
    (COMPARE, ["diamonds", "--output=FOLDER/file"], "output"),
    (COMPARE, ["diamonds", "--output=/dev/null/x"], "output"),
    (COMPARE, ["FOLDER/none.csv"], "none.csv"),
    (COMPARE, ["FOLDER/none"], "none"),
    (COMPARE, ["FOLDER"], "FOLDER"),
    (COMPARE, ["FOLDER/empty.csv"], "empty.csv"),
    (COMPARE, ["FOLDER/binary.csv"], "binary.csv"),
    (COMPARE, ["FOLDER/quote.csv"], "quote.csv"),
    (COMPARE, ["FOLDER/question.csv"], "question.csv"),
    (COMPARE, ["FOLDER/huge.csv"], "huge.csv"),
    (COMPARE, ["FOLDER/typo.csv"], "typo.csv"),
    (COMPARE, ["x.csv", "--report", "--output=FOLDER/file"], "file"),
    (COMPARE, ["x.csv", "y.csv", "--report", "--output=FOLDER/file"], "file"),
    (COMPARE, ["x.csv", "y.csv", "x.csv"], "dataset"),
    (COMPARE, ["diamonds", "FOLDER/question.csv"], "question.csv"),
    (COMPARE, ["FOLDER/empty"], "dataset"),
    (COMPARE, ["diamonds", "--split=blocks"], "split"),
    (COMPARE, ["x.csv", "--split=time"], "split"),
    (COMPARE, ["x.csv", "--max-rows=0"], "max-rows"),
    (COMPARE, ["x.csv", "y.csv", "--blocks", "z"], "blocks"),
    (COMPARE, ["x.csv", "--blocks"], "blocks"),
    *(
        (COMPARE, ["x.csv", "--report", f"--output=FOLDER/compare-{name}"], "")
        for name in ("broken", "number", "other")
    ),
    (COMPARE, ["sts_b_dir", "--data-dir=FOLDER"], "data_dir"),
    (
        COMPARE,
        ["utkface_dir", "--data-dir=FOLDER/broken/broken.npz"],
        "broken.npz",
    ),
    (COMPARE, ["agedb_dir", "--data-dir=FOLDER/none"], "none"),
    (GROUPS, ["diamonds", "--output=FOLDER/o", "--numbers=1"], "numbers"),
    (GROUPS, ["diamonds", "--output=FOLDER/o", "--numbers=99999"], "numbers"),
    (GROUPS, ["diamonds", "--output=FOLDER/o", "--seeds", "-3"], "seeds"),
    (GROUPS, ["diamonds", "--output=FOLDER/groups"], "lines.jsonl"),
    (GROUPS, ["diamonds", "--output=FOLDER/file"], "output"),
    (
        GROUPS,
        ["diamonds", "--output=FOLDER/o", "--vanilla=FOLDER/none"],
        "vanilla",
    ),
    *(
        (app, [f"--{flag}"], flag.partition("=")[0])
        for app in (DIAMONDS, MOLECULES, STS_B, AGE, SPEED, DDP)
        for flag in (
            "epochs=0",
            "epochs=-1",
            "learning-rate=nan",
            "learning-rate=inf",
            "learning-rate=-1",
            "learning-rate=0",
            "batch-size=0",
            "seed=-1",
            "seed=4294967296",
        )
    ),
    *(
        (app, [f"--settings={text}"], word)
        for app in (DIAMONDS, MOLECULES, STS_B, AGE)
        for text, word in {
            "{": "settings",
            "[1]": "settings",
            '{"group": 1}': "group",
            '{"num_groups": "many"}': "num_groups",
            '{"num_groups": 0}': "num_groups",
            '{"num_groups": NaN}': "settings",
            '{"beta": NaN}': "settings",
            '{"beta": 1e999}': "settings",
            '{"beta": -1}': "beta",
            '{"temperature": null}': "temperature",
            '{"contrastive_weight": -1}': "contrastive_weight",
            '{"prediction_weight": "x"}': "prediction_weight",
            '{"group_weight": [1]}': "group_weight",
            '{"routing": "best"}': "routing",
            '{"error": 3}': "error",
            '{"tau": {}}': "tau",
        }.items()
    ),
    *(
        (app, [f'--settings={{"{name}": {value}}}'], name)
        for app in (DIAMONDS, MOLECULES, STS_B)
        for name, value in {
            "epochs": "0",
            "learning_rate": '"fast"',
            "weight_decay": "-1",
            "clip_norm": "0",
            "schedule": '"never"',
        }.items()
    ),
    (DIAMONDS, ["--patience=0"], "patience"),
    (DIAMONDS, ["--output=FOLDER/file"], "output"),
    (DIAMONDS, ["--logs=FOLDER/file"], "logs"),
    (MOLECULES, ["--property=color"], "property"),
    (MOLECULES, ["--seeds"], "seeds"),
    (MOLECULES, ["--seeds", "1", "1"], "seeds"),
    (MOLECULES, ["--output=FOLDER/file"], "output"),
    (MOLECULES, ["--output=/dev/null/x"], "output"),
    (COMPARE, ["molecules", "--data-dir=x"], "data-dir"),
    (STS_B, ["--method=magic"], "method"),
    (STS_B, ["--units=0"], "units"),
    (STS_B, ["--num-layers=0"], "num-layers"),
    (STS_B, ["--dropout=2"], "dropout"),
    (STS_B, ["--dropout=nan"], "dropout"),
    (STS_B, ["--pair-dropout=-0.1"], "pair-dropout"),
    (STS_B, ['--settings={"units": 0}'], "units"),
    (STS_B, ["--method=vanilla", '--settings={"beta": 1}'], "beta"),
    (STS_B, ["--output=FOLDER"], "output"),
    (STS_B, ["--save=FOLDER/model.h5"], "save"),
    (STS_B, ["--save=FOLDER"], "save"),
    (STS_B, ["--data-dir=FOLDER/none"], "data_dir"),
    *(
        (STS_B, ["--data-dir=DUMMY", f"--glove=FOLDER/{name}"], name)
        for name in (
            "none.txt",
            "empty.txt",
            "nan.txt",
            "broken.zip",
            "broken/broken.npz",
            "empty/empty.npz",
            "file",
        )
    ),
    (AGE, ["--dataset=cats"], "dataset"),
    (AGE, ["--method=magic"], "method"),
    (AGE, ["--image-size=7"], "image-size"),
    (AGE, ["--image-size=100000"], "image-size"),
    (AGE, ["--width=0"], "width"),
    (AGE, ["--width=nan"], "width"),
    (AGE, ["--pretrain-epochs=0"], "pretrain-epochs"),
    (AGE, ["--backbone-config=[]"], "backbone-config"),
    (AGE, ["--strategy=magic"], "strategy"),
    (AGE, ["--output=FOLDER/file"], "output"),
    (AGE, ["--logs=FOLDER/file"], "logs"),
    (AGE, ["--cache-dir=FOLDER/file", "--data-dir=FOLDER"], "cache_dir"),
    (AGE, ["--data-dir=FOLDER/none"], "none"),
    (AGE, ["--data-dir=FOLDER/empty/empty.npz"], "empty.npz"),
    (AGE, ["--data-dir=FOLDER/broken/broken.npz"], "npz"),
    (SERVICE, ["FOLDER/none.keras", "FOLDER/s", "16"], "none.keras"),
    (SERVICE, ["FOLDER/empty.keras", "FOLDER/s", "16"], "empty.keras"),
    (SERVICE, ["FOLDER/broken.keras", "FOLDER/s", "16"], "broken.keras"),
    (SERVICE, ["FOLDER/broken.keras", "FOLDER/s", "0"], "image_size"),
    (SERVICE, ["FOLDER/broken.keras"], "folder"),
    (DDP, ["--epochs=many"], "epochs"),
    (BENCHMARKS, ["--largest=0"], "largest"),
    (BENCHMARKS, ["--largest=1"], "largest"),
    (BENCHMARKS, ["--backends=abacus"], "abacus"),
    (BENCHMARKS, ["--backends="], "backends"),
    (BENCHMARKS, ["--output=FOLDER/file"], "output"),
    (BENCHMARKS, ["--output=FOLDER/speed"], "machine.json"),
    *(
        (TABLE, [f"FOLDER/{name}"], name)
        for name in (
            "none.json",
            "broken.json",
            "list.json",
            "other.json",
            "half.json",
            "bytes.json",
            "broken.jsonl",
            "number.jsonl",
            "other.jsonl",
        )
    ),
    (TABLE, ["FOLDER"], "FOLDER"),
    (TABLE, [], "FILE"),
    (PAIR, ["FOLDER/none", "a", "FOLDER/none", "b"], "none"),
    (PAIR, ["FOLDER/compare-number", "a", "FOLDER", "b"], "vanilla.jsonl"),
    (REPORT, ["FOLDER/none"], "none"),
    (REPORT, ["FOLDER/run"], "results.json"),
    (REPORT, ["FOLDER/run", "--output=FOLDER"], "output"),
]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Broken files, in a folder where nothing can train."""

    def train(*arguments, **others):
        raise TRAINED

    monkeypatch.setattr(keras.Model, "fit", train)
    monkeypatch.setattr(subprocess, "run", train)
    monkeypatch.setenv("TFDS_DATA_DIR", str(tmp_path / "tfds"))
    monkeypatch.chdir(tmp_path)
    for name, content in BROKEN.items():
        path = tmp_path / "broken" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return tmp_path / "broken"


@pytest.mark.parametrize(
    ("app", "flags", "word"),
    CASES,
    ids=lambda part: " ".join(part) if isinstance(part, list) else str(part),
)
def test_a_mistake_is_refused_in_one_line(
    folder, capsys, request, app, flags, word
):
    dummy = request.path.parent / "data/sts_b_dir/dummy_data"
    replaced = {"FOLDER": str(folder), "DUMMY": str(dummy)}
    for name, path in replaced.items():
        flags = [flag.replace(name, path) for flag in flags]
        word = word.replace(name, path)
    before = sorted(folder.rglob("*"))
    with pytest.raises(SystemExit, match=r"^2$"):
        importlib.import_module(app).main(flags)
    line = capsys.readouterr().err.splitlines()[-1]
    assert ": error: " in line
    assert word in line
    assert sorted(folder.rglob("*")) == before


@pytest.mark.parametrize("app", sorted({app for app, *_ in CASES}))
def test_every_command_explains_itself(app, capsys):
    with pytest.raises(SystemExit, match=r"^0$"):
        importlib.import_module(app).main(["--help"])
    assert capsys.readouterr().out.startswith("usage: ")
