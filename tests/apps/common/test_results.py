import json

import pytest

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
