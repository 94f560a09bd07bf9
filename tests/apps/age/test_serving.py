"""Faces go in as pixels or files; TensorFlow alone answers."""

import io
import subprocess
import sys

import keras
import numpy as np
import pytest
from PIL import Image

pytest.importorskip("tensorflow")

import tensorflow as tf

from apps.age import service
from apps.age import serving
from apps.age.serving import check_service
from apps.age.serving import export_service
from apps.data.faces.decode import decode_image
from keras_groupdir import GroupRegressor
from keras_groupdir import LabelGroups
from keras_groupdir import VanillaRegressor

SIZE = 16
METHODS = ("vanilla", "groupdir")

# Run with -I, and with this project and Keras made impossible to import.
ELSEWHERE = """
import importlib
import sys
from pathlib import Path

for name in ("keras_groupdir", "apps", "keras"):
    sys.modules[name] = None
    try:
        importlib.import_module(name)
    except ModuleNotFoundError:
        continue
    raise AssertionError(f"{name} can be imported")

import numpy as np
import tensorflow as tf

folder = Path(sys.argv[1])
with np.load(folder / "pictures.npz") as file:
    images, large = file["images"], file["large"]
jpegs, large_jpegs = (
    tf.constant([path.read_bytes() for path in sorted(folder.glob(pattern))])
    for pattern in ("small_*.jpg", "large_*.jpg")
)
for method in sys.argv[2:]:
    service = tf.saved_model.load(str(folder / method))
    answers = {
        "all": service.serve(images),
        "one": service.serve(images[:1]),
        "large": service.serve(large),
        "default": service.signatures["serving_default"](
            images=tf.constant(images)
        ),
        "jpegs": service.serve_jpeg(jpegs),
        "one_jpeg": service.serve_jpeg(jpegs[:1]),
        "large_jpegs": service.serve_jpeg(large_jpegs),
        "jpeg_signature": service.signatures["serve_jpeg"](jpegs=jpegs),
    }
    np.savez(
        folder / f"{method}_answers.npz",
        **{
            f"{call}/{name}": value
            for call, answer in answers.items()
            for name, value in answer.items()
        },
    )
"""


def faces(count, height=SIZE, width=SIZE, seed=0):
    """Colored waves: smooth as photos are, no two alike. uint8."""
    rng = np.random.default_rng(seed)
    rows, columns = np.meshgrid(
        np.linspace(0, 1, height), np.linspace(0, 1, width), indexing="ij"
    )
    speed, turn = rng.uniform(1, 7, (2, count, 1, 1, 3))
    waves = np.sin(speed * rows[..., None] + turn * columns[..., None])
    return np.round(127.5 + 127.5 * waves).astype("uint8")


def to_file(image, form="JPEG"):
    file = io.BytesIO()
    Image.fromarray(image).save(file, form)
    return file.getvalue()


def small_encoder():
    inputs = keras.Input((SIZE, SIZE, 3), dtype="uint8", name="faces")
    hidden = keras.layers.Rescaling(1 / 127.5, offset=-1)(inputs)
    hidden = keras.layers.Conv2D(8, 3, strides=2)(hidden)
    # Differs between training and serving.
    hidden = keras.layers.BatchNormalization()(hidden)
    hidden = keras.layers.Activation("relu")(hidden)
    return keras.Model(inputs, keras.layers.GlobalAveragePooling2D()(hidden))


def small_model(method):
    """A model as if trained: the same weights on every backend."""
    if method == "vanilla":
        model = VanillaRegressor(small_encoder(), 0, 120)
    else:
        groups = LabelGroups.equal_width(0, 120, num_groups=4)
        model = GroupRegressor(small_encoder(), groups)
    rng = np.random.default_rng(1)
    for variable in model.weights:
        # Kernels start at random, and the rest does not.
        start = 0 if "kernel" in variable.name else variable.value
        start = keras.ops.convert_to_numpy(start)
        noise = rng.normal(scale=0.3, size=variable.shape)
        variable.assign(start + noise)
    return model


def group_probabilities(logits):
    """Softmax by its formula, in float64."""
    powers = np.exp(logits.astype("float64"))
    return powers / powers.sum(axis=1, keepdims=True)


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    """Models as if trained, and the folder they were exported to."""
    folder = tmp_path_factory.mktemp("services")
    models = {method: small_model(method) for method in METHODS}
    for method, model in models.items():
        export_service(model, folder / method, SIZE)
    return models, folder


@pytest.fixture(scope="module")
def served(exported):
    """Outputs here by pictures, and answers by call from elsewhere."""
    models, folder = exported
    images, large = faces(6), faces(3, height=45, width=28)
    np.savez(folder / "pictures.npz", images=images, large=large)
    files = {
        "small": [to_file(image) for image in images],
        # Of several sizes, and not all JPEG.
        "large": [
            to_file(faces(1, 64, 50)[0]),
            to_file(faces(1, 33, 40)[0], "PNG"),
            to_file(faces(1, 9, 70)[0, :, :, 0]),
        ],
    }
    for name, contents in files.items():
        for place, content in enumerate(contents):
            (folder / f"{name}_{place}.jpg").write_bytes(content)
    pictures = {
        "images": images,
        "large": np.stack(
            [decode_image(to_file(i, "PNG"), SIZE) for i in large]
        ),
        "jpegs": np.stack([decode_image(f, SIZE) for f in files["small"]]),
        "large_jpegs": np.stack(
            [decode_image(f, SIZE) for f in files["large"]]
        ),
    }
    command = [sys.executable, "-I", "-c", ELSEWHERE, str(folder), *METHODS]
    result = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr
    return {
        method: (
            {
                name: model.predict_outputs(picture, verbose=0)
                for name, picture in pictures.items()
            },
            dict(np.load(folder / f"{method}_answers.npz")),
        )
        for method, model in models.items()
    }


@pytest.mark.slow
@pytest.mark.parametrize(
    ("call", "pictures"),
    [
        ("all", "images"),
        ("default", "images"),
        ("jpegs", "jpegs"),
        ("jpeg_signature", "jpegs"),
    ],
)
@pytest.mark.parametrize("method", METHODS)
def test_every_endpoint_answers_as_the_model_does(
    served, method, call, pictures
):
    outputs, answers = served[method]
    expected = outputs[pictures]["prediction"][:, 0]
    age = answers[f"{call}/age"]
    assert age.shape == (6,)
    assert np.ptp(expected) > 1  # years: the faces are told apart
    np.testing.assert_allclose(age, expected, rtol=1e-5)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("call", "pictures"), [("all", "images"), ("jpegs", "jpegs")]
)
def test_groups_are_served_with_their_experts(served, call, pictures):
    outputs, answers = served["groupdir"]
    logits = outputs[pictures]["group_logits"]
    values = outputs[pictures]["expert_values"]
    group = [list(row).index(max(row)) for row in logits]
    assert len(set(group)) > 1
    assert answers[f"{call}/group"].tolist() == group
    np.testing.assert_allclose(
        answers[f"{call}/group_probabilities"],
        group_probabilities(logits),
        rtol=1e-5,
        atol=1e-7,
    )
    np.testing.assert_allclose(
        answers[f"{call}/expert_value"],
        [row[g] for row, g in zip(values, group, strict=True)],
        rtol=1e-5,
    )


@pytest.mark.slow
def test_a_vanilla_model_serves_its_age_alone(served):
    _, answers = served["vanilla"]
    assert {name.partition("/")[2] for name in answers} == {"age"}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("call", "like"),
    [("one", "all"), ("one_jpeg", "jpegs")],
)
@pytest.mark.parametrize("method", METHODS)
def test_a_single_face_is_served(served, method, call, like):
    _, answers = served[method]
    for name, answer in answers.items():
        if name.startswith(f"{call}/"):
            whole = answers[name.replace(call, like)]
            assert answer.shape == (1, *whole.shape[1:])
            np.testing.assert_allclose(answer, whole[:1], rtol=1e-5)


@pytest.mark.slow
@pytest.mark.parametrize("pictures", ["large", "large_jpegs"])
@pytest.mark.parametrize("method", METHODS)
def test_faces_of_any_size_are_resized_inside(served, method, pictures):
    outputs, answers = served[method]
    expected = outputs[pictures]["prediction"][:, 0]
    # One grey level more or less goes into the model.
    np.testing.assert_allclose(
        answers[f"{pictures}/age"], expected, atol=0.01 * np.ptp(expected)
    )


@pytest.mark.one_backend
@pytest.mark.slow
def test_the_check_passes_the_model_and_no_other(exported, monkeypatch):
    models, folder = exported
    model, images = models["groupdir"], faces(3)
    answers = []

    def ask(*arguments, once=serving._ask):
        answers[:] = answers or [once(*arguments)]
        return answers[0]

    monkeypatch.setattr(serving, "_ask", ask)
    assert check_service(folder / "groupdir", model, images) < 1e-5
    changed = small_model("groupdir")
    changed.head.expert_bias.assign(model.head.expert_bias.numpy() + 0.1)
    with pytest.raises(RuntimeError, match=r"`serve` of .*groupdir differs"):
        check_service(folder / "groupdir", changed, images)


@pytest.mark.parametrize("grey", [False, True])
@pytest.mark.parametrize("form", ["JPEG", "PNG"])
@pytest.mark.parametrize(
    ("height", "width"), [(200, 160), (31, 47), (9, 40), (SIZE, SIZE)]
)
def test_files_become_the_pixels_that_pillow_makes(height, width, form, grey):
    """Noise is the worst case: every pixel differs from its neighbors."""
    rng = np.random.default_rng(0)
    shape = (height, width) if grey else (height, width, 3)
    noise = rng.integers(0, 256, shape).astype("uint8")
    for image in (noise, faces(1, height, width)[0]):
        content = to_file(image, form)
        expected = decode_image(content, SIZE).astype("int32")
        images = np.asarray(service.decode(tf.constant([content]), SIZE))
        assert images.dtype == "uint8"
        assert images.shape == (1, SIZE, SIZE, 3)
        assert np.abs(images[0] - expected).max() <= 1


@pytest.mark.parametrize("bad", [b"", b"GIF89a", b"<html>", b"\xff"])
def test_a_request_with_what_is_no_picture_names_its_index(bad):
    good = to_file(faces(1)[0], "JPEG")
    jpegs = tf.constant([good, bad, good, bad])
    with pytest.raises(
        tf.errors.InvalidArgumentError, match=r"must be JPEG or PNG(?s:.*)1,? 3"
    ):
        service.decode(jpegs, SIZE)


def test_pixels_of_the_right_size_are_left_as_they_are():
    images = np.random.default_rng(0).integers(0, 256, (2, SIZE, SIZE, 3))
    images = images.astype("uint8")
    np.testing.assert_array_equal(service.resize(images, SIZE), images)


class Answering:
    """Stands in for a model of two groups, and knows two faces."""

    def __init__(self, compute_dtype="float32"):
        self.compute_dtype = compute_dtype

    def predict_outputs(self, images, verbose):
        return {
            "prediction": np.array([[20.0], [40.0]]),
            "group_logits": np.log([[0.75, 0.25], [0.5, 0.5]]),
            "expert_values": np.array([[10.0, 50.0], [30.0, 60.0]]),
        }


RIGHT = {
    "age": np.array([20.0, 40.0]),
    "group": np.array([0, 0]),
    "group_probabilities": np.array([[0.75, 0.25], [0.5, 0.5]]),
    "expert_value": np.array([10.0, 30.0]),
}


def check_answers(monkeypatch, serve, serve_jpeg):
    answers = {"serve": serve, "serve_jpeg": serve_jpeg}
    monkeypatch.setattr(serving, "_ask", lambda *_: answers)
    return check_service("services/age", Answering(), faces(2))


def test_the_check_allows_a_tie_to_be_decided_by_rounding(monkeypatch):
    other = {
        "age": np.array([20.0, 40.0]),
        "group": np.array([0, 1]),
        "group_probabilities": np.array([[0.75, 0.25], [0.4999, 0.5001]]),
        "expert_value": np.array([10.0, 60.0]),
    }
    assert check_answers(monkeypatch, RIGHT, RIGHT) < 1e-12
    worst = check_answers(monkeypatch, RIGHT, other)
    assert worst == pytest.approx(0.0001 / 0.75)


def test_half_precision_may_differ_more(monkeypatch):
    off = {**RIGHT, "age": np.array([20.0, 42.0])}  # by 1 / 20
    answers = {"serve": RIGHT, "serve_jpeg": off}
    monkeypatch.setattr(serving, "_ask", lambda *_: answers)
    model = Answering("bfloat16")
    worst = check_service("services/age", model, faces(2))
    assert worst == pytest.approx(0.05)
    with pytest.raises(RuntimeError, match=r"from the model by 5\.0e-02"):
        check_service("services/age", model, faces(2), tolerance=0.04)
    with pytest.raises(RuntimeError, match=r"from the model by 5\.0e-02"):
        check_service("services/age", Answering(), faces(2))


@pytest.mark.parametrize(
    "wrong",
    [
        {"age": np.array([20.0, 41.0])},
        {"age": np.array([20.0, np.nan])},
        {"group": np.array([0, 1])},
        {"group_probabilities": np.array([[0.7, 0.3], [0.5, 0.5]])},
        {"expert_value": np.array([10.0, 40.0])},
        {"expert_value": np.array([10.0, np.nan])},
        {"gender": np.array([0, 1])},
    ],
    ids=["age", "nan", "group", "probabilities", "expert", "nan2", "more"],
)
def test_the_check_refuses_what_is_wrong(monkeypatch, wrong):
    with pytest.raises(RuntimeError, match="`serve_jpeg` of services/age"):
        check_answers(monkeypatch, RIGHT, {**RIGHT, **wrong})


def test_the_check_refuses_a_service_without_groups(monkeypatch):
    with pytest.raises(RuntimeError, match="`serve` of services/age"):
        check_answers(monkeypatch, {"age": RIGHT["age"]}, RIGHT)


def test_the_check_shows_why_a_service_does_not_run(tmp_path, monkeypatch):
    monkeypatch.setattr(serving, "_ASK", "import of_nothing")
    with pytest.raises(RuntimeError, match=r"(?s)age does not .*'of_nothing'"):
        check_service(tmp_path / "age", Answering(), faces(2))


def test_a_model_of_other_images_is_refused(tmp_path):
    model = small_model("vanilla")
    with pytest.raises(ValueError, match=r"uint8 images of shape \(None, 32"):
        export_service(model, tmp_path / "age", image_size=32)
    inputs = keras.Input((SIZE, SIZE, 3))
    hidden = keras.layers.GlobalAveragePooling2D()(inputs)
    model = VanillaRegressor(keras.Model(inputs, hidden), 0, 120)
    with pytest.raises(ValueError, match=r"Received: \['float32'\]"):
        export_service(model, tmp_path / "age", SIZE)
    assert not list(tmp_path.iterdir())


def test_a_folder_of_something_else_is_kept(tmp_path):
    (tmp_path / "thesis.txt").touch()
    with pytest.raises(ValueError, match="`folder` must be new, empty or a"):
        export_service(small_model("vanilla"), tmp_path, SIZE)
    assert (tmp_path / "thesis.txt").exists()


def write_other_service(model, program, folder, image_size):
    folder.mkdir()
    (folder / "saved_model.pb").write_text("new")


def fail(model, program, folder, image_size):
    write_other_service(model, program, folder, image_size)
    raise RuntimeError("no TensorFlow")


def test_an_old_service_stays_until_the_new_one_is_whole(tmp_path, monkeypatch):
    folder = tmp_path / "services" / "age"
    model = small_model("vanilla")
    monkeypatch.setattr(serving, "run_with_tensorflow", write_other_service)
    export_service(model, folder, SIZE)
    (folder / "saved_model.pb").write_text("old")
    monkeypatch.setattr(serving, "run_with_tensorflow", fail)
    with pytest.raises(RuntimeError, match="no TensorFlow"):
        export_service(model, folder, SIZE)
    assert (folder / "saved_model.pb").read_text() == "old"
    monkeypatch.setattr(serving, "run_with_tensorflow", write_other_service)
    export_service(model, folder, SIZE)
    assert (folder / "saved_model.pb").read_text() == "new"
    assert list(folder.parent.iterdir()) == [folder]
