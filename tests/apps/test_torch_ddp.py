from dataclasses import replace

import keras
import numpy as np
import pytest

from apps.torch_ddp.train import main
from apps.torch_ddp.train import rank_batches

X = np.arange(22, dtype="float32")[:, None]
Y = np.arange(22, dtype="float32")


def test_ranks_share_each_batch_and_leave_out_the_rest():
    parts = [list(rank_batches(X, Y, 6, rank, 3, seed=1)) for rank in range(3)]
    assert [len(part) for part in parts] == [3, 3, 3]
    seen = np.concatenate([y for part in parts for _, y in part])
    assert len(np.unique(seen)) == len(seen) == 18
    for x, y in parts[0]:
        assert y.shape == (2,)
        np.testing.assert_array_equal(x[:, 0], y)


def test_an_epoch_has_an_order_of_its_own():
    first = [y for _, y in rank_batches(X, Y, 6, 0, 3, seed=1)]
    other = [y for _, y in rank_batches(X, Y, 6, 0, 3, seed=2)]
    assert np.any(np.concatenate(first) != np.concatenate(other))


def test_a_batch_that_ranks_cannot_share_is_refused():
    with pytest.raises(ValueError, match=r"multiple of .* size=7, ranks=3"):
        list(rank_batches(X, Y, 7, 0, 3, seed=1))


def test_an_epoch_without_a_whole_batch_is_refused():
    with pytest.raises(ValueError, match=r"at most the 22 .* size=24"):
        list(rank_batches(X, Y, 24, 0, 3, seed=1))


@pytest.mark.skipif(
    keras.config.backend() == "torch", reason="What torch is for."
)
def test_other_backends_are_told():
    with pytest.raises(SystemExit, match="set KERAS_BACKEND=torch"):
        main([])


@pytest.mark.slow
@pytest.mark.skipif(keras.config.backend() != "torch", reason="Runs on torch.")
def test_one_rank_alone_trains_and_evaluates(monkeypatch, capsys):
    pytest.importorskip("plotnine")
    from apps.data.diamonds import diamonds

    problem = diamonds()
    few = {
        split: tuple(part[:600] for part in getattr(problem, split))
        for split in ("train", "test")
    }
    monkeypatch.setattr(
        "apps.torch_ddp.train.diamonds", lambda _: replace(problem, **few)
    )
    monkeypatch.setenv("MASTER_PORT", "0")
    loss = main(["--epochs", "2", "--batch-size", "100"])
    assert np.isfinite(loss)
    printed = capsys.readouterr().out
    assert "Epoch 2 on 1 ranks: loss" in printed
    assert "mixture" in printed
