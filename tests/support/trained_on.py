"""What a file of a model means, on whichever backend runs here.

As a script, in a process of another backend: `folder name ...`.
"""

import json
import sys

import keras
import numpy as np

import keras_groupdir


def trained_on(path, x, y):
    """Outputs and logs of a saved model, and outputs after more training."""
    assert keras_groupdir.LabelModel  # its classes are known
    model = keras.saving.load_model(path)
    outputs = model.predict_outputs(x, verbose=0)
    if isinstance(model, keras_groupdir.GroupRegressor):
        for routing in ("hard", "soft", "mixture"):
            routed = model.with_routing(routing)
            outputs[routing] = routed.predict(x, verbose=0)
    logs = model.evaluate(x, y, batch_size=24, verbose=0, return_dict=True)
    model.fit(x, y, batch_size=24, epochs=3, verbose=0)
    outputs["trained on"] = model.predict(x, verbose=0)
    model.save(path.replace(".keras", ".again.keras"))
    return outputs, logs


if __name__ == "__main__":
    folder, *names = sys.argv[1:]
    data = np.load(folder + "/data.npz")
    logs = {}
    for name in names:
        path = f"{folder}/{name}.keras"
        outputs, logs[name] = trained_on(path, data["x"], data["y"])
        np.savez(f"{folder}/{name}.npz", **outputs)
    sys.stdout.write(json.dumps([keras.config.backend(), logs]))
