import json
import math
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from apps.common.results import append_csv_row
from apps.common.results import append_json_line
from apps.common.results import check_folder
from apps.common.results import check_writable
from apps.common.results import read_json_lines
from apps.common.results import whole_file
from apps.common.results import write_json

pytestmark = pytest.mark.no_backend


def test_a_folder_is_made_and_nothing_is_left_in_it(tmp_path):
    path = check_writable("output", tmp_path / "a" / "b" / "run.json")
    assert path.parent.is_dir()
    assert list(path.parent.iterdir()) == []


@pytest.mark.parametrize("path", ["/dev/null/run.json", "/"])
def test_what_cannot_be_written_is_named(path):
    with pytest.raises(ValueError, match=f"`save` must be .*: {path}"):
        check_writable("save", path)


@pytest.mark.parametrize(
    ("inside", "said"), [("", "$"), ("/a/b", r", where \S*taken is a file$")]
)
def test_a_file_is_no_folder(tmp_path, inside, said):
    (tmp_path / "taken").touch()
    path = f"{tmp_path}/taken{inside}"
    message = f"`output` must be a folder, not a file. Received: {path}{said}"
    with pytest.raises(ValueError, match=message):
        check_folder("output", path)
    assert check_folder("output", tmp_path / "new" / "a").name == "a"
    assert not (tmp_path / "new").exists()


def test_a_failed_write_leaves_the_old_file(tmp_path):
    path = tmp_path / "run.json"
    write_json(path, {"seed": 1})
    with pytest.raises(TypeError):
        write_json(path, {"seed": object()})
    assert json.loads(path.read_text()) == {"seed": 1}
    assert list(tmp_path.iterdir()) == [path]


def test_lines_are_added(tmp_path):
    path = tmp_path / "runs.jsonl"
    append_json_line(path, {"seed": 0})
    append_json_line(path, {"seed": 1})
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert lines == [{"seed": 0}, {"seed": 1}]


ADD = """
import sys
from apps.common.results import append_csv_row, append_json_line
folder, number = sys.argv[1:]
for count in range(100):
    append_json_line(f"{folder}/runs.jsonl", {"from": number, "count": count})
    append_csv_row(f"{folder}/runs.csv", {"from": number, "count": count})
"""


def test_lines_of_two_processes_are_all_there(tmp_path):
    processes = [
        subprocess.Popen([sys.executable, "-c", ADD, tmp_path, number])
        for number in "01"
    ]
    assert [process.wait() for process in processes] == [0, 0]
    wanted = {(number, count) for number in "01" for count in range(100)}
    text = (tmp_path / "runs.jsonl").read_text()
    lines = [json.loads(line) for line in text.splitlines()]
    assert len(lines) == 200
    assert {(line["from"], line["count"]) for line in lines} == wanted
    header, *rows = (tmp_path / "runs.csv").read_text().splitlines()
    assert header == "from,count"
    assert sorted(rows) == sorted(f"{n},{count}" for n, count in wanted)
    # No temporary files; locks are let go, their empty files stay.
    assert sorted(one.name for one in tmp_path.iterdir()) == [
        ".runs.csv.lock",
        ".runs.jsonl.lock",
        "runs.csv",
        "runs.jsonl",
    ]


def test_the_lock_of_a_dead_process_keeps_nobody_out(tmp_path):
    (tmp_path / ".runs.jsonl.lock").write_text("12345 dead")
    append_json_line(tmp_path / "runs.jsonl", {"seed": 0})
    assert (tmp_path / "runs.jsonl").read_text() == '{"seed": 0}\n'


def test_a_failed_line_leaves_no_lock_and_the_old_lines(tmp_path):
    path = tmp_path / "runs.jsonl"
    append_json_line(path, {"seed": 0})
    with pytest.raises(TypeError):
        append_json_line(path, {"seed": object()})
    append_json_line(path, {"seed": 1})
    assert path.read_text() == '{"seed": 0}\n{"seed": 1}\n'


def test_what_is_not_finite_is_null_and_nothing_is_lost(tmp_path):
    content = {
        "errors": [1.5, float("nan"), np.float32("inf")],
        "row": (-math.inf, np.float64(2.0), np.int64(3), True, None),
    }
    write_json(tmp_path / "run.json", content)
    append_json_line(tmp_path / "runs.jsonl", content)
    wanted = {"errors": [1.5, None, None], "row": [None, 2.0, 3, True, None]}
    for name in ("run.json", "runs.jsonl"):
        assert json.loads((tmp_path / name).read_text()) == wanted


def test_a_link_that_lies_in_the_way_is_not_followed(tmp_path, monkeypatch):
    victim = tmp_path / "victim.txt"
    victim.write_text("precious")
    names = []
    replace = Path.replace

    def remember(temporary, target):
        names.append(temporary)
        replace(temporary, target)

    monkeypatch.setattr(Path, "replace", remember)
    path = tmp_path / "run.json"
    write_json(path, {"seed": 0})
    write_json(path, {"seed": 1})
    first, second = names
    assert first.parent != second.parent
    assert victim.read_text() == "precious"
    assert not path.is_symlink()
    # A lock that somebody has made a link of is refused, not written through.
    (tmp_path / ".runs.jsonl.lock").symlink_to(victim)
    with pytest.raises(OSError, match="symbolic links"):
        append_json_line(tmp_path / "runs.jsonl", {"seed": 0})
    assert victim.read_text() == "precious"


def test_files_can_be_read_by_whom_the_folder_lets(tmp_path):
    plain = tmp_path / "plain.txt"
    plain.touch()
    write_json(tmp_path / "run.json", {})
    assert (tmp_path / "run.json").stat().st_mode == plain.stat().st_mode


def test_a_file_that_fails_half_way_leaves_nothing(tmp_path):
    def write_half():
        with whole_file(tmp_path / "run.bin") as temporary:
            temporary.write_bytes(b"half")
            raise OSError("full")

    with pytest.raises(OSError, match="full"):
        write_half()
    assert list(tmp_path.iterdir()) == []


def test_rows_come_below_one_header_with_commas_in_quotes(tmp_path):
    path = tmp_path / "runs.csv"
    append_csv_row(path, {"form": "a, b", "ms": 1.5})
    append_csv_row(path, {"form": 'c"', "ms": None})
    assert path.read_text() == 'form,ms\n"a, b",1.5\n"c""",\n'


def test_what_a_kill_left_is_removed_and_what_is_written_is_not(tmp_path):
    path = tmp_path / "run.bin"
    (tmp_path / ".run.bin.killed.tmp").mkdir()
    (tmp_path / ".run.bin.killed.tmp/run.bin").write_text("half")
    other = tmp_path / ".other.bin.killed.tmp"
    other.mkdir()
    with whole_file(path) as slow:
        slow.write_text("slow")
        with whole_file(path) as fast:
            fast.write_text("fast")
        assert slow.exists()
    assert sorted(tmp_path.iterdir()) == [other, path]
    assert path.read_text() == "slow"


def test_what_is_being_made_is_left_alone_for_a_minute(tmp_path):
    path = tmp_path / "run.bin"
    unlocked = tmp_path / ".run.bin.new.tmp"
    unlocked.mkdir()
    for name in ("lock", "run.bin"):
        write_json(path, {})
        assert unlocked.exists()
        # Before the lock is held, and before anything else is written.
        (unlocked / name).touch()
    write_json(path, {})
    assert not unlocked.exists()
    unlocked.mkdir()
    minutes_ago = time.time() - 120
    os.utime(unlocked, (minutes_ago, minutes_ago))
    write_json(path, {})
    assert list(tmp_path.iterdir()) == [path]


def test_lines_are_read_if_there_are_any(tmp_path):
    path = tmp_path / "runs.jsonl"
    assert read_json_lines(path) == []
    append_json_line(path, {"title": "é"})
    append_json_line(path, {"seed": 1})
    assert read_json_lines(path) == [{"title": "é"}, {"seed": 1}]


def test_a_link_in_place_of_what_a_kill_left_is_not_followed(tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/precious").touch()
    (tmp_path / ".run.bin.x.tmp").symlink_to(tmp_path / "mine")
    write_json(tmp_path / "run.bin", {})
    assert [one.name for one in (tmp_path / "mine").iterdir()] == ["precious"]
