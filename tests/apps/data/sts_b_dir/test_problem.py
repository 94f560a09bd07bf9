"""The benchmark as a problem."""

import numpy as np

from apps.data.sts_b_dir.data import load_data
from apps.data.sts_b_dir.problem import BUDGET
from apps.data.sts_b_dir.problem import problem_of
from apps.data.sts_b_dir.problem import sts_b_dir_problem


def test_the_digest_stays_that_of_committed_results(real_dir, real_glove):
    data = load_data(real_dir, real_glove)
    problem = problem_of(data)
    assert problem.digest == "20104732634c9666"
    assert problem.metric == "mse"
    # The encoder and its word vectors are no part of the data.
    assert problem_of(data, units=8).digest == problem.digest
    assert data.coverage > 0.9


def test_batches_are_of_the_budget_and_drawn_by_the_seed(dummy_dir, tmp_path):
    glove = tmp_path / "glove.txt"
    glove.write_text("a 0.1 0.2\nman 0.3 0.4\nthe 0.5 0.6\n")
    problem = problem_of(
        load_data(dummy_dir, glove), BUDGET.with_settings({"batch_size": 2})
    )
    batches = problem.train_data(seed=0, views=1)
    sizes = sorted(len(batches[i][1]) for i in range(len(batches)))
    assert sizes == [1, 2, 2]
    whole = sts_b_dir_problem(dummy_dir, glove)
    assert len(whole.train_data(0, 1)) == 1
    np.testing.assert_array_equal(
        np.sort(whole.train_data(0, 1)[0][1]), np.sort(whole.task.labels)
    )
    assert problem.encoder(0).output_shape == (None, 8 * 128)
