"""Every recipe as an estimator of scikit-learn."""

import random
from collections.abc import Callable
from collections.abc import Mapping
from collections.abc import Sequence
from typing import Any
from typing import Self

import keras
import numpy as np
from sklearn.base import BaseEstimator
from sklearn.base import RegressorMixin
from sklearn.utils import check_array
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted
from sklearn.utils.validation import validate_data

from keras_groupdir._backend.kept_generator import kept_generator
from keras_groupdir.checks import check_choice
from keras_groupdir.labels import LabelGroups
from keras_groupdir.models import table_encoder
from keras_groupdir.models.check_spread import check_spread
from keras_groupdir.recipes import RECIPES
from keras_groupdir.recipes import LabelTask
from keras_groupdir.recipes import Recipe
from keras_groupdir.recipes import fit_recipe
from keras_groupdir.recipes import make_recipe
from keras_groupdir.sklearn.files import load_parts
from keras_groupdir.sklearn.files import save_parts
from keras_groupdir.sklearn.fit_budget import fit_budget
from keras_groupdir.sklearn.those_that_count import those_that_count
from keras_groupdir.sklearn.validation_part import validation_part
from keras_groupdir.types import ArrayLike

# Rows of a table that are predicted at a time: they are small.
AT_ONCE = 1024
# Seeds are drawn below it, as backends take them.
SEEDS = 2**31 - 1


class ImbalancedRegressor(RegressorMixin, BaseEstimator):
    """Trains any recipe of this library on a table, as scikit-learn does.

    The optimizer is AdamW, whose rate falls along a cosine. A part of the
    samples is held out in `fit` and chooses the epoch, whose weights are
    kept. Inputs and labels are computed with in float32.

    Args:
        method: Name of a recipe, one of `recipes.RECIPES`. Defaults to
            `"groupdir"`.
        settings: Of the recipe, see `recipes.make_recipe`. Defaults to its own.
        encoder: Function from the number of columns to a new Keras model with
            one `(batch, features)` output, which then standardises on its own.
            Defaults to `None`: hidden layers on standardised columns.
        hidden_units: Units of the default encoder's layers. Defaults to
            `(128, 128)`.
        error: What the regression minimizes: `"absolute"` or `"squared"`.
            Defaults to `"absolute"`.
        epochs: At most so many, of each stage of a recipe. Defaults to `None`:
            as many as make 4,000 steps.
        batch_size: Samples of a step. Defaults to `128`.
        learning_rate: Where it starts. Defaults to `3e-3`.
        patience: Epochs without a better validation error before training
            ends. Defaults to `None`: a quarter of `epochs`.
        validation_fraction: Share of the samples that chooses the epoch; with
            0 there is none, and training goes on to the end. Defaults to `0.1`.
        balanced_validation: Whether the bins of the label histogram are
            equally common in that part, as far as a third of each allows, so
            that rare labels have a say. Defaults to `False`: as they come.
        random_state: Seed of weights, order and the validation part, as for
            scikit-learn. What Keras or TensorFlow draw after `fit`, without a
            seed of its own, follows from it, too. Defaults to `None`.
        verbose: As for `keras.Model.fit`. Defaults to `0`.

    Attributes:
        model_: The trained `models.LabelModel`, on the columns as they come:
            for `evaluate_shots`, `export` and all that Keras has.
        histories_: `History.history` of each stage of the recipe.
        bins_: `LabelGroups` of the label histogram.
        n_features_in_: Number of columns.
        feature_names_in_: Their names, of a data frame.

    Examples:

    >>> x = np.random.default_rng(0).normal(size=(80, 3))
    >>> y = np.exp(x[:, 0])
    >>> model = ImbalancedRegressor(epochs=2, random_state=0).fit(x, y)
    >>> model.predict(x).shape, model.predict_interval(x).shape
    ((80,), (80, 2))
    """

    def __init__(
        self,
        method: str = "groupdir",
        settings: Mapping[str, Any] | None = None,
        encoder: Callable[[int], keras.Model] | None = None,
        hidden_units: int | Sequence[int] = (128, 128),
        error: str = "absolute",
        epochs: int | None = None,
        batch_size: int = 128,
        learning_rate: float = 3e-3,
        patience: int | None = None,
        validation_fraction: float = 0.1,
        balanced_validation: bool = False,
        random_state: Any = None,
        verbose: Any = 0,
    ) -> None:
        self.method = method
        self.settings = settings
        self.encoder = encoder
        self.hidden_units = hidden_units
        self.error = error
        self.epochs = epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.patience = patience
        self.validation_fraction = validation_fraction
        self.balanced_validation = balanced_validation
        self.random_state = random_state
        self.verbose = verbose

    def fit(
        self,
        X: ArrayLike,
        y: ArrayLike,
        sample_weight: ArrayLike | None = None,
    ) -> Self:
        """Trains on a table.

        Args:
            X: Numbers, none missing; an array or a data frame. Shape
                `(n, columns)`.
            y: Labels. Shape `(n,)`.
            sample_weight: What samples count, as multiples of their mean and
                beside what the recipe weighs. Those of weight 0 are left out.
                The validation error is not weighted. Shape `(n,)`. Defaults
                to `None`.

        Raises:
            ValueError: If an argument or a parameter is not as described.
        """
        x, y = validate_data(
            self, X, y, dtype="float64", y_numeric=True, ensure_min_samples=2
        )
        as_given, x = x, check_array(x, dtype="float32", input_name="X")
        if self.encoder is None:
            # In float32 a column of times in seconds may be one number.
            check_spread(as_given)
        labels, weights = np.asarray(y, "float64"), None
        if sample_weight is not None:
            x, labels, weights = those_that_count(x, labels, sample_weight)
        seed = int(check_random_state(self.random_state).randint(SEEDS))
        states = random.getstate(), np.random.get_state()  # noqa: NPY002
        try:
            with kept_generator():
                keras.utils.set_random_seed(seed)
                self._fit(x, labels, weights, seed)
        finally:
            # From the caller's generators of Python, NumPy and torch no one
            # has drawn but `random_state`; those of Keras and TensorFlow go on
            # from this seed.
            random.setstate(states[0])
            np.random.set_state(states[1])  # noqa: NPY002
        return self

    def _checked_recipe(self) -> Recipe:
        name = check_choice("method", self.method, RECIPES)
        if not isinstance(self.settings, Mapping | None):
            raise ValueError(
                "`settings` must be a dict, or None. "
                f"Received: settings={self.settings!r}"
            )
        recipe = make_recipe(name, **(self.settings or {}))
        if recipe.finish is not None and not self.validation_fraction:
            raise ValueError(
                f"`validation_fraction` must be above 0 for {self.method!r}, "
                "which corrects its routing by what is held out. Received: 0"
            )
        return recipe

    def _fit(
        self,
        x: np.ndarray,
        labels: np.ndarray,
        weights: np.ndarray | None,
        seed: int,
    ) -> None:
        recipe = self._checked_recipe()
        if np.ptp(labels) == 0:
            raise ValueError(
                "`y` must have different values. "
                f"Received: {labels[0]:g} everywhere"
            )
        bins = LabelGroups.histogram(labels)
        train, held_out = validation_part(
            labels,
            bins,
            self.validation_fraction,
            self.balanced_validation,
            seed,
        )
        task = LabelTask(labels[train], bins, self.error)
        budget = fit_budget(
            len(train),
            self.epochs,
            self.patience,
            self.batch_size,
            self.learning_rate,
        )
        stop, validates = budget.early_stopping, len(held_out) > 0
        model, histories = fit_recipe(
            recipe,
            self._make_encoder(x[train]),
            task,
            x[train],
            labels[train],
            validation_data=(
                (x[held_out], labels[held_out]) if validates else None
            ),
            optimizer=budget.optimizer(len(train)),
            callbacks=lambda: [stop(task.metric)] if validates else [],
            batch_size=budget.batch_size,
            seed=seed,
            sample_weight=None if weights is None else weights[train],
            epoch_at_once=True,
            epochs=budget.epochs,
            verbose=self.verbose,
        )
        self.model_, self.histories_, self.bins_ = model, histories, bins

    def _make_encoder(self, x: np.ndarray) -> keras.Model:
        if self.encoder is None:
            return table_encoder(x, self.hidden_units)
        if isinstance(self.encoder, keras.Model) or not callable(self.encoder):
            raise ValueError(
                "`encoder` must be a function from the number of columns to a "
                "new Keras model, so that each fit starts anew. "
                f"Received: {type(self.encoder).__name__}"
            )
        return self.encoder(x.shape[1])

    def predict(self, X: ArrayLike) -> np.ndarray:
        """Predictions in label units, float64. Shape `(n,)`."""
        predictions = self._fitted().predict(
            self._inputs(X), batch_size=AT_ONCE, verbose=0
        )
        return predictions.reshape(-1).astype("float64")

    def predict_interval(
        self,
        X: ArrayLike,
        coverage: float = 0.9,
    ) -> np.ndarray:
        """Intervals, see `models.LabelModel.predict_interval`.

        Args:
            X: As for `fit`.
            coverage: Share of the model's own distribution between the ends.
                Defaults to `0.9`.

        Returns:
            Lower and upper ends in label units, float64. Shape `(n, 2)`.
        """
        model = self._fitted()
        return model.predict_interval(
            self._inputs(X), coverage, batch_size=AT_ONCE, verbose=0
        )

    def _fitted(self) -> Any:
        check_is_fitted(self)
        return self.model_

    def _inputs(self, x: ArrayLike) -> np.ndarray:
        return validate_data(self, x, reset=False, dtype="float32")

    def save(self, path: Any) -> None:
        """Writes a `.keras` file, and what else there is as JSON beside it.

        Neither runs code when it is loaded, as a pickle does. The `.keras`
        file alone is the model, for `keras.saving.load_model`. A function in
        `encoder` is not stored.

        Args:
            path: File to write, which ends in `.keras`.

        Raises:
            ValueError: If a parameter is nothing that JSON has.
        """
        save_parts(path, self._fitted(), self)

    @classmethod
    def load(
        cls, path: Any, encoder: Callable[[int], keras.Model] | None = None
    ) -> Self:
        """Reads what `save` has written.

        Args:
            path: The `.keras` file.
            encoder: The function that was the parameter of that name, if one
                was. Without it all works but another `fit`. Defaults to
                `None`.
        """
        return load_parts(path, cls, encoder)
