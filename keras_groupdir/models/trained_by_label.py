"""How a model with several outputs is trained on one plain label."""

from typing import Any

import keras

from keras_groupdir._backend.kept_weights import kept_weights
from keras_groupdir._backend.state_of_training import make_state_of_training
from keras_groupdir.models.batch_arguments import labels_of_all
from keras_groupdir.models.batch_arguments import weights_of_all
from keras_groupdir.models.compile_arguments import PREDICTION
from keras_groupdir.models.compile_arguments import by_output
from keras_groupdir.models.compile_arguments import of_this_backend
from keras_groupdir.models.compile_arguments import weighed_losses
from keras_groupdir.models.compile_arguments import with_default_weights
from keras_groupdir.models.fit_arguments import fit_arguments
from keras_groupdir.types import Tensor


class TrainedByLabel(keras.Model):
    """Base of `LabelModel`: `compile`, `fit` and `evaluate`.

    Subclasses say how they are trained by `default_losses`,
    `default_loss_weights` and `default_metrics`, so that `compile("adam")` is
    enough, and which labels they are for by `label_range`.
    """

    @property
    def label_shape(self) -> tuple[int, ...]:
        """Shape of the labels of one sample."""
        return (1,)

    @property
    def label_range(self) -> tuple[float, float] | None:
        """Lowest and highest label the model is for, if it knows them."""
        return None

    def default_losses(self) -> dict[str, keras.losses.Loss]:
        """The model's own losses, by output."""
        return {PREDICTION: keras.losses.MeanAbsoluteError()}

    def default_loss_weights(self) -> dict[str, float]:
        """What `default_losses` count."""
        return dict.fromkeys(self.default_losses(), 1.0)

    def default_metrics(self) -> dict[str, list[Any]]:
        """The model's own metrics, by output."""
        return {PREDICTION: ["mae", "mse"]}

    def compile(
        self,
        optimizer: Any = "adam",
        loss: Any = None,
        loss_weights: Any = None,
        metrics: Any = None,
        weighted_metrics: Any = None,
        **kwargs: Any,
    ) -> None:
        """Configures training; what is left out is the model's own.

        Args:
            optimizer: As for `keras.Model.compile`.
            loss: Losses by output name, or one loss, of the prediction. What
                is given replaces all of `default_losses()`.
            loss_weights: Weights by output name. With the default losses,
                those left out are of `default_loss_weights()`, else 1; a loss
                whose weight is 0 is not computed.
            metrics: Metrics by output name, or those of the prediction.
                Defaults to `default_metrics()`.
            weighted_metrics: Like `metrics`. Defaults to none.
            **kwargs: As for `keras.Model.compile`.
        """
        names = list(self.output)
        if loss is None:
            defaults = self.default_loss_weights()
            loss_weights = with_default_weights(loss_weights, defaults)
            losses = self.default_losses()
            loss = {name: losses[name] for name in loss_weights}
        if metrics is None:
            metrics = self.default_metrics()
        self._jit_compile_given = kwargs.get("jit_compile", "auto")
        loss, loss_weights = weighed_losses(
            by_output("loss", loss, names),
            by_output("loss_weights", loss_weights, names),
        )
        super().compile(
            optimizer=optimizer,
            loss=loss,
            loss_weights=loss_weights,
            metrics=by_output("metrics", metrics, names),
            weighted_metrics=by_output(
                "weighted_metrics", weighted_metrics, names
            ),
            **kwargs,
        )

    def get_compile_config(self) -> Any:
        """Settings of `compile`, as they were given.

        Keras would store what "auto" meant here for `jit_compile`; XLA chosen
        on JAX would slow down or stop a model loaded on TensorFlow.
        """
        config = super().get_compile_config()
        if not config:  # never compiled
            return config
        return {**config, "jit_compile": self._jit_compile_given}

    def compile_from_config(self, config: dict[str, Any]) -> None:
        config = of_this_backend(config)
        if keras.config.backend() == "torch":
            # Keras refuses any other there; it is a matter of speed alone.
            config = {**config, "steps_per_execution": 1}
        self.compile(**keras.saving.deserialize_keras_object(config))
        if self.optimizer is not None and self.built:
            self.optimizer.build(self.trainable_variables)

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Tensor:
        return super().compute_loss(
            x=x,
            y=self.labels_by_output(y, y_pred),
            y_pred=y_pred,
            sample_weight=weights_of_all(sample_weight, y_pred),
            training=training,
        )

    def compute_metrics(
        self, x: Any, y: Any, y_pred: Any, sample_weight: Any = None
    ) -> dict[str, Any]:
        # Keras may build the metrics before it first computes the loss.
        metrics: dict[str, Any] = super().compute_metrics(
            x,
            self.labels_by_output(y, y_pred),
            y_pred,
            weights_of_all(sample_weight, y_pred),
        )
        return metrics

    def make_train_function(self, force: bool = False) -> None:
        self._make_state()
        super().make_train_function(force)

    def make_test_function(self, force: bool = False) -> None:
        self._make_state()
        super().make_test_function(force)

    def _make_state(self) -> None:
        make_state_of_training(self, self.label_shape, self.labels_by_output)

    def labels_by_output(self, y: Any, y_pred: dict[str, Any]) -> Any:
        """What each output learns from, of the labels of a batch.

        Args:
            y: Labels, as they come; or by output, as this returns them.
            y_pred: Every output by name.
        """
        return labels_of_all(y, y_pred)

    def checked_arguments(
        self,
        method: Any,
        label_range: tuple[float, float] | None,
        *args: Any,
        **kwargs: Any,
    ) -> dict[str, Any]:
        """Arguments of `fit` or `evaluate`, with labels that are checked.

        Args:
            method: Whose arguments they are.
            label_range: What training labels should lie in, if anything.
            *args: Of the call.
            **kwargs: Of the call.
        """
        return fit_arguments(method, label_range, *args, **kwargs)

    def fit(
        self, x: Any = None, y: Any = None, *args: Any, **kwargs: Any
    ) -> Any:
        """Trains as `keras.Model.fit` does, after a check of the labels.

        Arrays of labels, and of validation labels, are checked to be finite
        and of shape `(n,)` or `(n, 1)`; labels outside the model's range are
        warned about once, and an error if no label is inside. Labels that come
        out of a data loader cannot be seen before training: check those with
        `groups.counts`.
        """
        method = super().fit
        given = self.checked_arguments(
            method, self.label_range, x, y, *args, **kwargs
        )
        with kept_weights(self):
            return method(**given)

    def evaluate(
        self, x: Any = None, y: Any = None, *args: Any, **kwargs: Any
    ) -> Any:
        """As `keras.Model.evaluate`, after a check of the labels."""
        if not self.compiled:
            # Keras does not say so on torch.
            raise ValueError("`compile()` must be called before `evaluate()`.")
        method = super().evaluate
        given = self.checked_arguments(method, None, x, y, *args, **kwargs)
        with kept_weights(self):
            return method(**given)

    def train_on_batch(
        self, x: Any, y: Any = None, *args: Any, **kwargs: Any
    ) -> Any:
        """As `keras.Model.train_on_batch`, after a check of the labels."""
        return self._on_batch(super().train_on_batch, x, y, *args, **kwargs)

    def test_on_batch(
        self, x: Any, y: Any = None, *args: Any, **kwargs: Any
    ) -> Any:
        """As `keras.Model.test_on_batch`, after a check of the labels."""
        return self._on_batch(super().test_on_batch, x, y, *args, **kwargs)

    def _on_batch(
        self,
        method: Any,
        x: Any,
        y: Any,
        sample_weight: Any = None,
        *args: Any,
        **kwargs: Any,
    ) -> Any:
        """Weights are not looked at: of one batch they may all be 0."""
        given = self.checked_arguments(
            method, None, x, y, None, *args, **kwargs
        )
        return method(**{**given, "sample_weight": sample_weight})
