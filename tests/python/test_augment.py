"""Training samples of the caller's, changed anew in each epoch (Net.train(augment=...))."""

from kit import inputs, main, np, unittest

import fsnn

ENCODER = {"kind": "direct", "steps": 4}


def loss_of(augment, shape=(6,)):
    """Of the first epoch, whose weights and order are the same each time."""
    layers = [] if len(shape) == 1 else ["flatten"]
    net = fsnn.Net(
        input=list(shape),
        layers=[*layers, {"linear": {"out": 3}}, {"readout": {}}],
        dynamics={"alpha": 0.8},
        training={"epochs": 1, "batch": 8},
    )
    data = inputs(24, *shape), np.arange(24) % 3
    return net.train(data, encoder=ENCODER, augment=augment).loss


class Augment(unittest.TestCase):
    def test_changes_what_is_trained_on(self):
        plain = loss_of(None)
        self.assertEqual(loss_of({}), plain)
        self.assertEqual(loss_of({"noise": 0}), plain)
        for augment in ({"noise": 0.5}, {"mixup": 1.0}):
            with self.subTest(augment=augment):
                self.assertNotEqual(loss_of(augment), plain)
                self.assertEqual(loss_of(augment), loss_of(augment))

    def test_pictures(self):
        shape = (1, 6, 6)
        plain = loss_of(None, shape)
        for augment in ({"flip": 1}, {"crop": 0.5, "scale": 0.2}, {"cutmix": 1.0}):
            with self.subTest(augment=augment):
                self.assertNotEqual(loss_of(augment, shape), plain)

    def test_refused(self):
        with self.assertRaisesRegex(TypeError, "'mixpu' is no option of augment.*mixup"):
            loss_of({"mixpu": 0.2})
        with self.assertRaisesRegex(ValueError, "flip is 2; it must lie from 0 to 1"):
            loss_of({"flip": 2})
        with self.assertRaisesRegex(TypeError, "augment.noise"):
            loss_of({"noise": "much"})
        with self.assertRaisesRegex(TypeError, "augment is 'flip': it is a mapping"):
            loss_of("flip")
        with self.assertRaisesRegex(ValueError, "are no pictures"):
            loss_of({"rotate": 5})


main()
