"""What runs an exported file without Keras, and what writing it needs."""

import keras
import numpy as np
import pytest

# Packages beside the backend's own; none of the suite's.
WRITERS = {
    ("tf_saved_model", "jax"): "tensorflow",
    ("tf_saved_model", "torch"): "tensorflow",
    ("onnx", "tensorflow"): "tf2onnx",
    ("onnx", "jax"): "jax2onnx",
    ("onnx", "torch"): "onnx",
    ("litert", "torch"): "litert_torch",
    ("openvino", "tensorflow"): "openvino",
    ("openvino", "torch"): "openvino",
}
FILES = {
    "tf_saved_model": "folder",
    "onnx": "model.onnx",
    "litert": "model.tflite",
    "openvino": "model.xml",
    "torch": "model.pt2",
}
READERS = {
    "tf_saved_model": "tensorflow",
    "onnx": "onnxruntime",
    "litert": "ai_edge_litert",
    "openvino": "openvino",
    "torch": "torch",
}


def answers_of(format, path):
    """A function from inputs, an array or some by name, to predictions."""
    pytest.importorskip(READERS[format])
    return {
        "onnx": onnx_answers,
        "litert": litert_answers,
        "openvino": openvino_answers,
        "torch": torch_answers,
    }[format](str(path))


def onnx_answers(path):
    import onnxruntime

    session = onnxruntime.InferenceSession(path)
    names = [one.name for one in session.get_inputs()]

    def answers(x):
        (answer,) = session.run(None, by_name(names, x))
        return answer

    return answers


def litert_answers(path):
    from ai_edge_litert.interpreter import Interpreter

    def answers(x):
        interpreter = Interpreter(path)
        (names,) = (
            one["inputs"] for one in interpreter.get_signature_list().values()
        )
        run = interpreter.get_signature_runner()
        (answer,) = run(**by_name(names, x)).values()
        return answer

    return answers


def openvino_answers(path):
    import openvino

    # On some processors it would compute in bfloat16, 5e-3 off.
    exact = {"INFERENCE_PRECISION_HINT": "f32"}
    compiled = openvino.Core().compile_model(path, "CPU", exact)
    return lambda x: compiled(keras.tree.flatten(x))[0]


def torch_answers(path):
    import torch

    run = torch.export.load(path).module()
    return lambda x: (
        run(keras.tree.map_structure(torch.tensor, x)).detach().numpy()
    )


def by_name(names, x):
    if not isinstance(x, dict):
        return dict.fromkeys(names, x)
    # litert-torch writes "args_0_left" for "left".
    return {name: x[name.removeprefix("args_0_")] for name in names}


def assert_answers(answers, model, x, sizes=(24, 3, 1)):
    """Of batches of any size, to 1e-4."""
    for size in sizes:
        few = keras.tree.map_structure(lambda values, n=size: values[:n], x)
        expected = model.predict(few, verbose=0)
        answer = answers(few)
        assert answer.shape == expected.shape
        np.testing.assert_allclose(answer, expected, rtol=1e-4, atol=1e-4)
