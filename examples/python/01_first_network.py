"""A first network: built, trained, evaluated, saved and loaded, with NumPy alone."""

# %% Three classes of noisy patterns over 24 inputs
import pathlib
import tempfile

import fsnn
import numpy as np

rng = np.random.default_rng(0)
patterns = rng.random((3, 24))
y = rng.integers(0, 3, 600)
x = (patterns[y] + 0.3 * rng.standard_normal((600, 24))).clip(0).astype(np.float32)

# %% The network: numbers go through it as [steps, batch, inputs]
net = fsnn.Net(
    input=[24],
    layers=[
        {"linear": {"out": 48}},
        {"lif": {"tau": 2.0, "reset": "subtract"}},
        {"linear": {"out": 3}},
        {"readout": {"tau": 4.0}},
    ],
    dynamics={"alpha": 0.7},
    training={"loss": "ce_rate", "optimizer": {"kind": "adam", "lr": 0.01}, "batch": 50, "seed": 1},
)
print(net.inspect())

# %% Training: each sample is a constant current over 10 steps
train, test = (x[:500], y[:500]), (x[500:], y[500:])
steps = {"steps": 10}
net.train(
    train,
    test,
    epochs=8,
    encoder=steps,
    on_epoch=lambda m: print(f"epoch {m.epoch}: loss {m.loss:.3f}, test {m.test_accuracy:.3f}"),
)

# %% What it has learned
figures = net.evaluate(test, encoder=steps)
print(f"accuracy {figures.accuracy:.3f}; spikes a neuron and step {figures.rates}")
assert figures.accuracy > 0.9

# %% One sample, looked at
net.wrap(10, 1, record=True)
output = net.forward(np.tile(x[500], (10, 1, 1)))
print("class", y[500], "found", output.mean(axis=0).argmax())
print("spikes of the first 8 neurons, a row a step:")
print(net.read("lif1", "spikes")[:, 0, :8].astype(int))

# %% Saved, and loaded into another net
with tempfile.TemporaryDirectory() as folder:
    path = pathlib.Path(folder) / "weights.safetensors"
    net.save(path)
    again = fsnn.Net(net.description.text).load(path)
    assert (again.forward(np.tile(x[500], (10, 1, 1))) == output).all()
