"""What scikit-learn asks of every estimator."""

from pathlib import Path

import pytest

pytest.importorskip("sklearn", reason="scikit-learn is an extra")

from sklearn.utils.estimator_checks import parametrize_with_checks

from keras_groupdir.sklearn import ImbalancedRegressor

# What the backends compute of it is the same, and it fits some 90 times.
pytestmark = pytest.mark.no_backend

# Checks that are expected to fail, and why; docs/sklearn.md tells the same.
EXPECTED = {
    "check_sample_weight_equivalence_on_dense_data": (
        "a step is of a batch: a sample of weight 2 is in one of an epoch, and "
        "one that is there twice in up to two"
    )
}


def expected(estimator):
    return EXPECTED


@parametrize_with_checks(
    [
        # As short as the checks' own problem can be learned in.
        ImbalancedRegressor(
            hidden_units=32,
            epochs=4,
            batch_size=32,
            learning_rate=0.1,
            random_state=0,
        )
    ],
    expected_failed_checks=expected,
    xfail_strict=True,
)
def test_scikit_learn(estimator, check):
    check(estimator)


def test_the_page_tells_what_is_expected_to_fail():
    page = Path(__file__).parents[2] / "docs" / "sklearn.md"
    rows = [
        line
        for line in page.read_text(encoding="utf-8").splitlines()
        if line.startswith("| `check_")
    ]
    assert rows == [f"| `{name}` | {why} |" for name, why in EXPECTED.items()]
