import pytest

from apps.common.epoch_lines import WIDTH
from apps.common.epoch_lines import EpochLines

pytestmark = pytest.mark.no_backend


def trained(is_terminal):
    lines = EpochLines("vanilla", "val_mae", "K", is_terminal)
    lines.set_params({"epochs": 3})
    lines.on_train_begin()
    for epoch, error in enumerate((50.0, 41.234)):
        lines.on_epoch_end(epoch, {"val_mae": error, "loss": 1.0})
    lines.on_train_end()


def test_a_log_has_a_line_an_epoch(capsys):
    trained(is_terminal=False)
    first, *epochs = capsys.readouterr().out.splitlines()
    assert first == "vanilla: the first epoch compiles ..."
    assert epochs == [
        "vanilla: epoch 1 of 3, validation error 50 K, 0 s",
        "vanilla: epoch 2 of 3, validation error 41.23 K, 0 s",
    ]


def test_a_terminal_has_a_bar_that_grows(capsys):
    trained(is_terminal=True)
    printed = capsys.readouterr().out
    assert printed.count("\n") == 1
    assert printed.endswith("\n")
    _, _, one, two = printed.rstrip("\n").split("\r")
    assert one.count("=") == WIDTH // 3
    assert two.count("=") == 2 * WIDTH // 3


def test_nothing_of_a_longer_line_stays(capsys):
    lines = EpochLines("vanilla", "val_mae", is_terminal=True)
    lines.set_params({"epochs": 1})
    lines._say("x" * 90)
    lines.on_epoch_end(0, {"val_mae": 1.0})
    _, long, short = capsys.readouterr().out.split("\r")
    assert len(short) == len(long)


def test_what_is_not_a_terminal_is_seen(capsys):
    EpochLines("vanilla", "val_mae").on_train_begin()
    assert "\r" not in capsys.readouterr().out
