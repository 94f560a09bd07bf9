"""The GPU's script, on a CPU and with small sizes."""

import json
import subprocess

import keras
import pytest

from apps.benchmarks.gpu import run
from apps.benchmarks.gpu.parts import main as run_part
from apps.benchmarks.run import main
from tests.apps.data.faces.made_up import write_archive

pytestmark = pytest.mark.skipif(
    keras.config.backend() not in run.BACKENDS, reason="It has JAX and torch."
)


@pytest.fixture(autouse=True)
def _policy():
    yield
    keras.config.set_dtype_policy("float32")


@pytest.mark.slow
@pytest.mark.parametrize("part", run.SECONDS)
def test_every_part_has_figures(part, capsys):
    run_part(part, 60.0)
    lines = [json.loads(text) for text in capsys.readouterr().out.splitlines()]
    assert len(lines) == {"loss": 4, "head": 2, "faces": 1}[part]
    for line in lines:
        assert "error" not in line
        assert line["part"] == part
        assert line.get("ms", line.get("images_per_s")) > 0
    if part == "faces":
        assert lines[0]["data"] == "made-up images"
        assert lines[0]["epoch_done"] == 1


@pytest.mark.slow
def test_faces_are_read_from_a_folder(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("TFDS_DATA_DIR", str(tmp_path / "tfds"))
    write_archive(tmp_path / "utkface_96px.npz", count=64)
    run_part("faces", 60.0, str(tmp_path))
    line = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert "error" not in line
    assert line["data"] == "UTKFace-DIR"
    assert line["epoch_done"] == 1


@pytest.mark.one_backend
def test_a_part_is_given_the_folder(tmp_path, monkeypatch, capsys):
    commands = []

    def ended(command, **_):
        commands.append(command)
        return subprocess.CompletedProcess(command, 0, stdout="", stderr="")

    monkeypatch.setattr(subprocess, "run", ended)
    flags = ["--gpu", "--output", str(tmp_path), "--backends", "torch"]
    faces = tmp_path / "faces"
    faces.mkdir()
    main([*flags, "--data-dir", str(faces)])
    assert [command[-3] for command in commands] == list(run.SECONDS)
    assert {command[-1] for command in commands} == {str(faces)}
    assert "torch, faces: at most" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("flag", "value"), [("output", "file"), ("data-dir", "nothing")]
)
def test_a_wrong_place_is_refused_with_a_line(tmp_path, capsys, flag, value):
    (tmp_path / "file").touch()
    given = ["--output", str(tmp_path), f"--{flag}", str(tmp_path / value)]
    with pytest.raises(SystemExit):
        main(["--gpu", *given])
    name = flag.replace("-", "_")
    assert f"error: `{name}` must" in capsys.readouterr().err


def test_no_case_starts_when_time_is_over(capsys):
    run_part("loss", 0.0)
    assert not capsys.readouterr().out


@pytest.mark.slow
@pytest.mark.one_backend
def test_lines_are_written_once(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(run, "SECONDS", {"loss": 30})
    backend = keras.config.backend()
    flags = ["--gpu", "--output", str(tmp_path), "--backends", backend]
    lines = main(flags)
    assert [line["form"] for line in lines[:2]] == ["plain", "ours"]
    assert lines[-1] == {"backend": backend, "ended": "loss"}
    assert "sizes scaled down" in capsys.readouterr().out
    before = (tmp_path / "gpu.jsonl").read_text()
    # Cut off before its end, it goes on, and no case is there twice.
    cut = before.splitlines(keepends=True)[:2]
    (tmp_path / "gpu.jsonl").write_text("".join(cut))
    again = main(flags)
    assert len(again) == len(lines)
    assert again[:2] == lines[:2]
    assert main(flags) == again


def test_without_time_nothing_is_run(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(run, "FULL", 0.0)
    assert run.run_gpu(tmp_path, ("torch",)) == []
    assert "no time left" in capsys.readouterr().out
