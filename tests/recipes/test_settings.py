"""What the methods were published with."""

from dataclasses import replace

import keras
import numpy as np
import pytest

from keras_groupdir import losses
from keras_groupdir.labels import count_power_weights
from keras_groupdir.labels import group_prior_weights
from keras_groupdir.labels import histogram_weights
from keras_groupdir.labels import label_balance
from keras_groupdir.models import VanillaRegressor
from keras_groupdir.models import choose_prior_correction
from keras_groupdir.models import fit_group_weights
from keras_groupdir.recipes import LabelTask
from keras_groupdir.recipes import fit_recipe
from keras_groupdir.recipes import make_recipe
from tests.recipes.problem import BINS
from tests.recipes.problem import X
from tests.recipes.problem import Y
from tests.recipes.problem import fitted
from tests.recipes.problem import weights_of
from tests.support.models import small_encoder

# Labels of 0 to 8, and an embedding of 6 features.
SQUARED = 8.0**-2
BOTH = "embedding_and_prediction"


def parts_of(name, error, **settings):
    stage = make_recipe(name, **settings).stages[0]
    task = LabelTask(Y, BINS, error=error)
    model = stage.build(small_encoder(), task)
    if stage.losses is None:
        return model.default_losses(), model.default_loss_weights()
    return stage.losses(model, task)


@pytest.mark.parametrize(
    ("name", "error", "weights"),
    [
        # Its error is of labels whose range is 1, see below.
        ("vanilla", "squared", {"prediction": 1.0}),
        ("vanilla", "absolute", {"prediction": 1.0}),
        ("lds_fds", "absolute", {"prediction": 1.0}),
        ("focal_r", "squared", {"prediction": 1.0}),
        ("bmc", "absolute", {"noisy_prediction": SQUARED}),
        ("der", "squared", {"evidential": 1.0}),
        ("dist_loss", "absolute", {"prediction": 1.0}),
        ("cisir", "squared", {"prediction": 1.0}),
        ("quantile", "squared", {"quantiles": 1.0}),
        ("uvote", "squared", {"head_0": 1.0, "head_1": 1.0, "head_2": 1.0}),
        # 100 beside years, of a range of 100; 3e-4 beside scores over 5.
        ("ranksim", "absolute", {"prediction": 1.0, "embedding": 1.0}),
        ("ranksim", "squared", {"prediction": 1.0, "embedding": 3e-4}),
        ("srl", "absolute", {"prediction": 1.0, "embedding": 1e-3}),
        # 4 beside years.
        ("con_r", "absolute", {"prediction": 1.0, BOTH: 0.04}),
        (
            "ordinal_entropy",
            "squared",
            {"prediction": 1.0, "embedding": 1e-3},
        ),
        ("rank_n_contrast", "squared", {"prediction": 0.0, "embedding": 1.0}),
        ("vae", "squared", {"prediction": 1.0, "embedding": 1e-3 / 6}),
        ("vir", "squared", {"evidential": 1.0, "embedding": 1e-3 / 6}),
        (
            "groupdir",
            "squared",
            {"group_logits": 0.3, "expert_values": 1.0, "prediction": 10.0},
        ),
        ("hl_gauss", "squared", {"bin_logits": 1.0}),
        # 1 beside years, of a range of 100.
        ("dldl_v2", "squared", {"bin_logits": 1.0, "prediction": 100.0}),
        ("coral", "squared", {"edge_logits": 1.0}),
        ("corn", "squared", {"edge_logits": 1.0}),
        ("hca", "squared", {"level_logits": 1.0}),
        # The paper's losses alone.
        (
            "groupdir_paper",
            "squared",
            {"group_logits": 1.0, "expert_values": 10.0, "embedding": 1.0},
        ),
    ],
)
def test_weights_of_losses(name, error, weights):
    parts, found = parts_of(name, error)
    assert found == pytest.approx(weights)
    assert parts.keys() == weights.keys()


@pytest.mark.parametrize("error", ["absolute", "squared"])
@pytest.mark.parametrize(
    "name",
    [
        "vanilla",
        "lds_fds",
        "ranksim",
        "con_r",
        "ordinal_entropy",
        "rank_n_contrast",
        "vae",
        "groupdir",
    ],
)
def test_the_error_of_a_prediction_is_that_of_labels_whose_range_is_1(
    name, error
):
    parts, _ = parts_of(name, error)
    assert type(parts["prediction"]) is losses.ScaledError
    found = parts["prediction"].get_config()
    assert (found["error"], found["scale"]) == (error, 8.0)


@pytest.mark.parametrize("name", ["group_ce", "group_la", "groupdir"])
def test_only_the_papers_rows_leave_the_error_of_the_prediction_out(name):
    paper = "groupdir_paper" if name == "groupdir" else f"{name}_hard"
    theirs, _ = parts_of(paper, "absolute")
    ours, _ = parts_of(name, "absolute")
    assert ours.keys() - theirs.keys() == {"prediction"}
    assert theirs.keys() - ours.keys() == {"embedding"}


@pytest.mark.parametrize(
    ("name", "output", "kind", "config"),
    [
        (
            "focal_r",
            "prediction",
            losses.FocalRegression,
            {"beta": 20, "gamma": 1, "scale": 8, "activation": "sigmoid"},
        ),
        (
            "con_r",
            BOTH,
            losses.ContrastiveRegularizer,
            {"window": 1, "push": 1 / 8, "temperature": 0.07},
        ),
        # 2 beside a weight of 100, of an absolute error in years.
        ("ranksim", "embedding", losses.RankSimilarity, {"interpolation": 200}),
        (
            "rank_n_contrast",
            "embedding",
            losses.RankNContrast,
            {"temperature": 2, "similarity": "l2"},
        ),
        (
            "der",
            "evidential",
            losses.EvidentialRegression,
            {"evidence_weight": 0.01 / 8},
        ),
        (
            "dist_loss",
            "prediction",
            losses.DistributionError,
            {"weight": 1, "scale": 8, "error": "absolute"},
        ),
        (
            "cisir",
            "prediction",
            losses.CorrelatedError,
            {"weight": 0.1, "scale": 8, "error": "absolute"},
        ),
        (
            "quantile",
            "quantiles",
            losses.Pinball,
            {"scale": 8},
        ),
        (
            "uvote",
            "head_0",
            losses.LaplaceLikelihood,
            {},
        ),
        ("gai", "noisy_prediction", losses.GaussianMixtureIntegration, {}),
        ("bni", "noisy_prediction", losses.BinnedNumericalIntegration, {}),
        ("vae", "embedding", losses.GaussianDivergence, {}),
        (
            "hl_gauss",
            "bin_logits",
            losses.GaussianGroupCrossentropy,
            {"sigma": 0.75},
        ),
        # Two years, with bins of a year.
        (
            "dldl_v2",
            "bin_logits",
            losses.GaussianGroupCrossentropy,
            {"sigma": 2},
        ),
        ("dldl_v2", "prediction", losses.ScaledError, {"scale": 8}),
        ("coral", "edge_logits", losses.CumulativeCrossentropy, {}),
        ("corn", "edge_logits", losses.ConditionalCrossentropy, {}),
        ("hca", "level_logits", losses.HierarchicalCrossentropy, {}),
        ("groupdir", "group_logits", losses.SoftGroupCrossentropy, {"beta": 1}),
        ("group_ce", "group_logits", losses.GroupCrossentropy, {}),
        (
            "group_la",
            "group_logits",
            losses.LogitAdjustedCrossentropy,
            {"tau": 1},
        ),
        (
            "groupdir_paper",
            "embedding",
            losses.OrdinalGroupContrastive,
            {"temperature": 0.2},
        ),
    ],
)
def test_losses_and_their_settings(name, output, kind, config):
    parts, _ = parts_of(name, "absolute")
    assert type(parts[output]) is kind
    found = parts[output].get_config()
    assert {key: found[key] for key in config} == pytest.approx(config)


def test_ranks_of_a_squared_error_are_perturbed_as_published():
    parts, _ = parts_of("ranksim", "squared")
    assert parts["embedding"].interpolation == 2
    parts, _ = parts_of("ranksim", "absolute", interpolation=3.0)
    assert parts["embedding"].interpolation == 3


def test_bins_are_fifty_or_those_of_the_task():
    def groups_of(name, **settings):
        parts, _ = parts_of(name, "absolute", **settings)
        (output,) = parts.keys() - {"prediction"}
        return parts[output].groups

    assert groups_of("hl_gauss").num_groups == 50
    for name in ("dldl_v2", "coral", "corn"):
        assert groups_of(name) == BINS
    assert groups_of("hl_gauss", num_bins=None) == BINS
    for name in ("coral", "corn"):
        assert groups_of(name, num_groups=20).num_groups == 20


def test_the_error_beside_a_distribution_is_absolute():
    parts, _ = parts_of("dldl_v2", "squared")
    assert parts["prediction"].error == "absolute"


def test_noise_starts_at_a_tenth_of_the_range():
    model = fitted("bmc", epochs=0).model
    outputs = model.predict_outputs(X, verbose=0)
    np.testing.assert_allclose(outputs["noisy_prediction"][:, 1], 0.8, 1e-5)


@pytest.mark.one_backend
def test_the_contrastive_encoder_never_sees_the_error_of_the_prediction():
    model = fitted(
        "rank_n_contrast", optimizer=keras.optimizers.SGD(0.1), shuffle=False
    ).model
    keras.utils.set_random_seed(0)
    encoder = small_encoder()
    by_hand = VanillaRegressor(encoder, 0, 8)
    by_hand.compile(
        keras.optimizers.SGD(0.1), loss={"embedding": losses.RankNContrast()}
    )
    by_hand.fit(X, Y, batch_size=16, epochs=2, shuffle=False, verbose=0)
    trained = weights_of(model)[0]
    np.testing.assert_allclose(trained, weights_of(encoder)[0], rtol=1e-5)


@pytest.mark.parametrize(
    ("name", "start", "spread"),
    [("groupdir", np.median(Y), np.std(Y)), ("groupdir_paper", None, 8.0)],
)
def test_where_experts_start(name, start, spread):
    task = LabelTask(Y, BINS)
    model = make_recipe(name).stages[0].build(small_encoder(), task)
    assert (model.head.start, model.head.spread) == (start, spread)


# Held-out labels that are rare in training ask for a correction.
RARE = np.full(len(Y), Y.max())


def corrected(name, correction):
    """The model, and the last history, which tells what was chosen."""
    model, histories = fit_recipe(
        # Whose experts differ from the start.
        make_recipe(name, start="centers", num_groups=4, **correction),
        small_encoder(),
        LabelTask(Y, BINS),
        X,
        Y,
        validation_data=(X, RARE),
        verbose=2,
    )
    return model, histories[-1]


@pytest.mark.one_backend
def test_validation_chooses_strength_and_temperature(capsys):
    model, history = corrected("groupdir", {"correction": "routing"})
    (tau,), (temperature,) = history["tau"], history["temperature"]
    again = choose_prior_correction(
        model.with_routing("mixture"), X, RARE, Y, verbose=0
    )
    assert (tau, temperature) == (again.tau, again.temperature)
    assert len(again.errors) == 20
    assert model.head.temperature == temperature
    said = f"tau {tau:g}, temperature {temperature:g}; error"
    assert said in capsys.readouterr().out


@pytest.mark.one_backend
def test_validation_chooses_how_much_to_correct_for_the_prior(capsys):
    model, history = corrected("groupdir_balanced", {"correction": "prior"})
    assert (history["tau"], history["temperature"]) == ([1.0], [1.0])
    weights = group_prior_weights(model.groups.counts(Y), 1.0)
    np.testing.assert_allclose(model.head.group_weights, weights)
    assert "prior correction with tau 1" in capsys.readouterr().out
    # Compiled, with the losses it was trained on.
    logs = model.evaluate(X, Y, verbose=0, return_dict=True)
    assert np.isfinite(logs["loss"])
    assert sorted(model.loss) == ["expert_values", "group_logits", "prediction"]


@pytest.mark.one_backend
@pytest.mark.parametrize("name", ["groupdir_corrected", "groupdir_balanced"])
def test_validation_finds_a_weight_for_each_group(name, capsys):
    model, history = corrected(name, {})
    # The rare labels are all the same, and so are their weights.
    again = fit_group_weights(model, X, RARE, verbose=0)
    np.testing.assert_allclose(model.head.group_weights, again.group_weights)
    assert history["group_weights"] == [again.settings["group_weights"]]
    assert "validation: weights of groups [" in capsys.readouterr().out


@pytest.mark.one_backend
@pytest.mark.parametrize(
    ("name", "settings", "weights"),
    [
        ("groupdir_balanced", {}, {"reweight": "fourth_root_inverse"}),
        (
            "groupdir_lds",
            {"correction": "weights"},
            {"reweight": "sqrt_inverse", "kernel": "gaussian"},
        ),
    ],
)
def test_what_counts_more_in_training_does_so_in_the_correction(
    name, settings, weights
):
    model, _ = fit_recipe(
        make_recipe(name, start="centers", num_groups=4, **settings),
        small_encoder(),
        LabelTask(Y, BINS),
        X,
        Y,
        validation_data=(X, Y),
    )
    counts = histogram_weights(Y, BINS, **weights)
    again, plain = (
        fit_group_weights(model, X, Y, given, verbose=0).group_weights
        for given in (counts, None)
    )
    np.testing.assert_allclose(model.head.group_weights, again)
    assert not np.allclose(again, plain)


def test_balanced_weighs_by_the_fourth_root():
    (stage,) = make_recipe("groupdir_balanced").stages
    np.testing.assert_allclose(
        stage.weigh(Y, task=LabelTask(Y, BINS)),
        histogram_weights(Y, BINS, "fourth_root_inverse"),
    )
    (stage,) = make_recipe("groupdir_balanced", reweight=None).stages
    assert stage.weigh is None
    with pytest.raises(ValueError, match="`reweight` must be one of"):
        make_recipe("groupdir", reweight="root")


@pytest.mark.parametrize("form", ["arrays", "column", "batches", "weighted"])
def test_matched_weighs_as_far_as_held_out_labels_are_even(form):
    (stage,) = make_recipe("groupdir_matched").stages
    seen = []

    def weigh(labels, task):
        seen.append(task)
        return stage.weigh(labels, task)

    weigh.needs_held_out = True
    even = np.repeat(BINS.centers, 6).astype("float32")
    held_out = {
        "arrays": (X, even),
        "column": (X, even[:, None]),
        "batches": Listed([(X[:16], even[:16]), (X[16:], even[16:])]),
        "weighted": Listed([(X, even, np.ones(48))]),
    }[form]
    watched = replace(
        make_recipe("groupdir"), stages=(replace(stage, weigh=weigh),)
    )
    task = LabelTask(Y, BINS)
    fit_recipe(
        watched,
        small_encoder(),
        task,
        X,
        Y,
        validation_data=held_out,
        verbose=0,
    )
    np.testing.assert_array_equal(seen[0].held_out, even)
    assert task.held_out is None
    power = 0.25 * label_balance(even, Y, BINS)
    assert 0.2 < power <= 0.25
    expected = count_power_weights(BINS.counts(Y), power)[BINS.assign(Y)]
    np.testing.assert_allclose(stage.weigh(Y, task=seen[0]), expected)


def test_matched_weighs_nothing_where_held_out_labels_are_as_in_training():
    (stage,) = make_recipe("groupdir_matched").stages
    task = LabelTask(Y, BINS, held_out=Y)
    np.testing.assert_allclose(stage.weigh(Y, task=task), 1, atol=1e-6)
    with pytest.raises(ValueError, match=r"`task\.held_out` must be the lab"):
        stage.weigh(Y, task=LabelTask(Y, BINS))
    with pytest.raises(ValueError, match="`held_out` must be finite"):
        LabelTask(Y, BINS, held_out=[np.nan])


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("groupdir_balanced", {}),
        ("groupdir_matched", {}),
        ("groupdir_matched", {"correction": "none"}),
    ],
)
def test_without_held_out_data_there_is_nothing_to_choose_by(name, settings):
    recipe = make_recipe(name, **settings)
    task = LabelTask(Y, BINS)
    with pytest.raises(ValueError, match="`validation_data` must be given"):
        fit_recipe(recipe, small_encoder(), task, X, Y, verbose=0)


@pytest.mark.one_backend
def test_a_data_set_can_be_what_is_chosen_by():
    batches = [(X[rows], Y[rows]) for rows in (slice(16), slice(16, None))]
    (chosen,) = fitted(
        "groupdir_balanced", validation_data=Listed(batches)
    ).histories
    (expected,) = fitted("groupdir_balanced", validation_data=(X, Y)).histories
    assert chosen["group_weights"] == expected["group_weights"]


class Listed(keras.utils.PyDataset):
    """Batches of a list."""

    def __init__(self, batches):
        super().__init__()
        self.batches = batches

    def __len__(self):
        return len(self.batches)

    def __getitem__(self, index):
        return self.batches[index]
