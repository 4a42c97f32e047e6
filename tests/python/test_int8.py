"""Evaluations of a network in whole numbers, as `fsnn eval --type` has them."""

from kit import inputs, main, np, unittest

import fsnn

ENCODER = {"kind": "direct", "steps": 6}


def data_of(samples=48):
    y = np.arange(samples) % 3
    x = inputs(samples, 6, scale=0.5)
    for i, label in enumerate(y):
        x[i, 2 * label : 2 * label + 2] += 1.5
    return x, y


def net_of(**training):
    return fsnn.Net(
        input=[6],
        layers=[{"linear": {"out": 16}}, {"lif": {}}, {"linear": {"out": 3}}, {"lif": {}}],
        dynamics={"alpha": 0.8},
        training={"epochs": 12, "batch": 8, "optimizer": {"lr": 0.02}, **training},
    )


class WholeNumbers(unittest.TestCase):
    def trained(self, **training):
        net, data = net_of(**training), data_of()
        net.train(data, data, encoder=ENCODER)
        return net, data

    def test_after_training_in_float(self):
        net, data = self.trained()
        plain = net.evaluate(data, encoder=ENCODER)
        eight, four = (net.evaluate(data, encoder=ENCODER, type=kind) for kind in ("int8", "int4"))
        self.assertGreater(plain.accuracy, 0.6)
        self.assertLess(abs(eight.accuracy - plain.accuracy), 0.1)
        self.assertNotEqual(eight.loss, plain.loss)
        self.assertNotEqual(four.loss, eight.loss)
        self.assertEqual(net.evaluate(data, encoder=ENCODER).loss, plain.loss)

    def test_after_training_for_it(self):
        net, data = self.trained(quantise="int4")
        self.assertGreater(net.evaluate(data, encoder=ENCODER, type="int4").accuracy, 0.6)

    def test_refused(self):
        net, data = net_of(), data_of()
        with self.assertRaisesRegex(ValueError, "type is 'int9': it is one of float, int8, int4"):
            net.evaluate(data, encoder=ENCODER, type="int9")
        with self.assertRaisesRegex(TypeError, 'for type="float"'):
            net.evaluate(data, encoder=ENCODER, type="int8", precision="int8")
        with self.assertRaisesRegex(TypeError, "data that are held"):
            net.evaluate(iter([data]), type="int8")


main()
