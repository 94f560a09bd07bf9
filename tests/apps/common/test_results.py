import json
import subprocess
import sys

import pytest

from apps.common import lock
from apps.common.results import append_csv_row
from apps.common.results import append_json_line
from apps.common.results import check_writable
from apps.common.results import write_json


def test_a_folder_is_made_and_nothing_is_left_in_it(tmp_path):
    path = check_writable("output", tmp_path / "a" / "b" / "run.json")
    assert path.parent.is_dir()
    assert list(path.parent.iterdir()) == []


@pytest.mark.parametrize("path", ["/dev/null/run.json", "/"])
def test_what_cannot_be_written_is_named(path):
    with pytest.raises(ValueError, match=f"`save` must be .*: {path}"):
        check_writable("save", path)


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
    # Neither locks nor temporary files.
    assert len(list(tmp_path.iterdir())) == 2


def test_the_lock_of_a_dead_process_is_removed(tmp_path, monkeypatch):
    monkeypatch.setattr(lock, "STALE_AFTER", 0.05)
    (tmp_path / ".runs.jsonl.lock").write_text("12345 dead")
    append_json_line(tmp_path / "runs.jsonl", {"seed": 0})
    assert [one.name for one in tmp_path.iterdir()] == ["runs.jsonl"]


def test_a_failed_line_leaves_no_lock(tmp_path):
    append_csv_row(tmp_path / "runs.csv", {"seed": 0})
    with pytest.raises(ValueError, match="fields"), lock.locked(tmp_path / "a"):
        raise ValueError("fields")
    with pytest.raises(TypeError):
        append_json_line(tmp_path / "runs.jsonl", {"seed": object()})
    assert [one.name for one in tmp_path.iterdir()] == ["runs.csv"]
