"""How long an estimator is trained."""

from keras_groupdir.checks import check_whole
from keras_groupdir.experiments import Budget

# What is published of this library on tables was trained for so long.
STEPS = 4000


def fit_budget(
    num_samples: int,
    epochs: int | None,
    patience: int | None,
    batch_size: int,
    learning_rate: float,
) -> Budget:
    """A budget in epochs, see the parameters of `ImbalancedRegressor`.

    Args:
        num_samples: Training samples.
        epochs: `None` for 4,000 steps.
        patience: `None` for a quarter of it all.
        batch_size: Of training.
        learning_rate: At the start.
    """
    budget = Budget(
        batch_size=check_whole("batch_size", batch_size, at_least=1),
        learning_rate=learning_rate,
        steps=STEPS,
        patience=STEPS // 4,
    )
    given = {"epochs": epochs, "patience": patience}
    given = {
        name: check_whole(name, value, at_least=1)
        for name, value in given.items()
        if value is not None
    }
    if epochs is None:
        # Patience is given in epochs, never in steps.
        budget = budget.in_epochs(num_samples)
    return budget.with_settings(given)
