"""A net from Python: building, running, gradients, streaming, states, parameters, records."""

import copy
import os
import pickle
import tempfile
import threading
import warnings

from kit import fsnn, inputs, main, np, small, unittest


EXAMPLE = {
    "input": [3],
    "layers": [{"linear": {"out": 4}}, {"lif": {"tau": 2.0}}],
    "dynamics": {"alpha": 0.5},
}


class Build(unittest.TestCase):
    def test_ways_to_describe(self):
        text = (
            '{"input": [3],\n "layers": [{"linear": {"out": 4}}, {"lif": {"tau": 2.0}}],\n'
            ' "dynamics": {"alpha": 0.6}}\n'
        )
        x, outputs = inputs(5, 2, 3), []
        built = fsnn.Net(input=[3], dynamics={"alpha": 0.6})
        first = built.add("linear", out=np.int64(4))
        built.add("lif", from_=first, tau=np.float32(2.0))
        for net in (fsnn.Net(text), small(tau=2.0), built):
            outputs.append(net.forward(x))
        self.assertGreater(outputs[0].sum(), 0)
        for y in outputs[1:]:
            np.testing.assert_array_equal(y, outputs[0])

    def test_a_dict_has_keys_and_a_text_has_lines(self):
        layers, dynamics = [{"liner": {"out": 4}}], {"alpha": 0.5}
        with self.assertRaisesRegex(ValueError, r"^layers\[0\].liner: unknown kind of layer"):
            fsnn.Net(input=[3], layers=layers, dynamics=dynamics)
        with self.assertRaisesRegex(ValueError, r'^override "dynamics.alhpa=1": dynamics.alhpa'):
            small().wrap(4, dynamics={"alhpa": 1})
        with self.assertRaisesRegex(ValueError, r"^net:3:5: layers\[0\].liner"):
            fsnn.Net("input: [3]\nlayers:\n  - liner: {out: 4}\ndynamics: {alpha: 0.5}\n")
        self.assertEqual(small().description.name, "net")
        self.assertIn("name: mine", fsnn.Net(name="mine", **EXAMPLE).description.text)

    def test_a_node_that_cannot_be_leaves_the_net(self):
        net = fsnn.Net(input=[3])
        net.add("linear", out=4)
        with self.assertRaisesRegex(ValueError, 'tua: unknown key, did you mean "tau"'):
            net.add("lif", tua=2.0)
        net.add("lif", tau=2.0)
        self.assertEqual(
            [n.name for n in net.wrap(2, dynamics={"alpha": 0.5}).inspect().nodes],
            ["input", "linear1", "lif1"],
        )

    def test_overrides(self):
        net = fsnn.Net(
            {"input": [3], "layers": [{"lif": {"tau": 2}}], "dynamics": {"alpha": 0.6}},
            set={"lif1.tau": 3.5},
        )
        self.assertEqual(net.wrap(1).params["lif1.tau"].value[0], 3.5)
        self.assertIn("tau: 3.5", net.description.text.replace('"', ""))

    def test_remarks_are_warnings(self):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            small(tau=0.2).wrap(3)
        self.assertEqual([w.category for w in caught], [fsnn.NetWarning])
        self.assertIn("stable", str(caught[0].message))


class Run(unittest.TestCase):
    def test_forward_takes_what_has_numbers(self):
        net, x = small(), inputs(4, 2, 3)
        expected = net.forward(x)
        for same in (x.astype(np.float64), np.asfortranarray(x), x.tolist(), memoryview(x)):
            net.reset()
            np.testing.assert_array_equal(net.forward(same), expected)
        out = np.empty_like(expected)
        net.reset()
        self.assertIs(net.forward(x, out=out), out)
        np.testing.assert_array_equal(out, expected)

    def test_dlpack(self):
        class Foreign:
            def __init__(self, array):
                self.array = array

            def __dlpack__(self, **options):
                return self.array.__dlpack__(**options)

            def __dlpack_device__(self):
                return self.array.__dlpack_device__()

        net, x = small(), inputs(4, 2, 3)
        expected = net.forward(x)
        net.reset()
        np.testing.assert_array_equal(net.forward(Foreign(x)), expected)

    def test_products_in_bf16(self):
        net, x = small().wrap(4, 2), inputs(4, 2, 3)
        with self.assertRaisesRegex(ValueError, "known are full, bf16, int8"):
            net.wrap(4, 2, products="half")
        try:
            net.wrap(4, 2, products="bf16")
        except NotImplementedError as lacking:
            self.skipTest(str(lacking))
        low, full = net.run(x, record=["current"], precision="bf16"), net.run(x, record=["current"])
        a, b = low.records["lif1.current"], full.records["lif1.current"]
        self.assertFalse(np.array_equal(a, b))
        np.testing.assert_allclose(a, b, atol=0.02)
        pieces = net.run(iter([x]), record=["current"], precision="bf16")
        np.testing.assert_array_equal(pieces.records["lif1.current"], a)
        net.wrap(4, 2, products="bf16")
        y = net.forward(x)
        np.testing.assert_array_equal(copy.deepcopy(net).forward(x).shape, y.shape)

    def test_products_in_int8(self):
        net, x = small().wrap(4, 2), inputs(4, 2, 3)
        low, full = net.run(x, record=["current"], precision="int8"), net.run(x, record=["current"])
        a, b = low.records["lif1.current"], full.records["lif1.current"]
        self.assertFalse(np.array_equal(a, b))
        np.testing.assert_allclose(a, b, atol=0.02)
        with self.assertRaisesRegex(NotImplementedError, "int8 are for inference"):
            net.wrap(4, 2, training=True, products="int8")

    def test_weights_in_int8_that_were_written(self):
        x = np.ones((2, 1, 4), np.float32)
        layer = {"linear": {"out": 3, "bias": False, "name": "fc"}}
        net = fsnn.Net(input=[4], layers=[layer], dynamics={"alpha": 0.5})
        net.wrap(2, 1, products="int8")
        before = net.forward(x)
        net.params["fc.weight"].value[...] *= 2
        np.testing.assert_array_equal(net.forward(x), 2 * before)
        net.load_state_dict({"fc.weight": 2 * net.params["fc.weight"].value})
        np.testing.assert_array_equal(net.forward(x), 4 * before)
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "w.safetensors")
            net.save(path)
            net.params["fc.weight"].value[...] = 0
            self.assertFalse(net.forward(x).any())
            np.testing.assert_array_equal(net.load(path).forward(x), 4 * before)

    def test_results_are_written_where_they_are_wanted(self):
        x, net = inputs(8, 2, 3), small()
        expected = net.forward(x)
        out = np.empty_like(expected)
        net.reset()
        self.assertIs(net.forward(x, out=out), out)
        np.testing.assert_array_equal(out, expected)
        other = np.empty((*expected.shape, 2))[..., 0]  # neither float32 nor contiguous
        net.reset()
        self.assertIs(net.forward(x, out=other), other)
        np.testing.assert_array_equal(other, expected)
        with self.assertRaisesRegex(ValueError, "out has the shape"):
            net.forward(x, out=out[1:])

    def test_a_result_over_the_input(self):
        net = fsnn.Net(input=[3], layers=[{"lif": {}}], dynamics={"alpha": 0.6})
        x = inputs(8, 2, 3)
        expected = net.forward(x)
        net.reset()
        np.testing.assert_array_equal(net.forward(x, out=x), expected)

    def test_wrong_inputs(self):
        net = small()
        with self.assertRaisesRegex(ValueError, r"shape \[4, 3\], and the net takes \[K, B, 3\]"):
            net.forward(np.zeros((4, 3)))
        with self.assertRaisesRegex(TypeError, "complex"):
            net.forward(np.zeros((4, 1, 3), complex))
        with self.assertRaisesRegex(fsnn.NumericError, "nan"):
            net.forward(np.full((4, 1, 3), np.nan))

    def test_streaming_gives_the_same_bits(self):
        for options in (
            {"alpha": 0.6},
            {"alpha": 0.6, "memory": 7},
            {"alpha": 0.6, "method": "ab"},
        ):
            net, x = (
                fsnn.Net(input=[3], layers=[{"lif": {"tau": 2.0}}], dynamics=options),
                inputs(40, 2, 3),
            )
            whole = net.forward(x)
            for cut in (1, 3, 16):
                net.reset()
                parts = list(net.stream(x[k : k + cut] for k in range(0, 40, cut)))
                np.testing.assert_array_equal(np.concatenate(parts), whole)

    def test_a_state_goes_on(self):
        def alone():
            return fsnn.Net(input=[3], layers=[{"lif": {"tau": 2.0}}], dynamics={"alpha": 0.6})

        net, x = alone(), inputs(20, 2, 3)
        whole = net.forward(x)
        net.reset()
        net.forward(x[:11])
        state = net.state()
        other = alone().wrap(9, 2)
        other.load_state(state)
        np.testing.assert_array_equal(other.forward(x[11:]), whole[11:])
        with self.assertRaisesRegex(ValueError, "damaged|checksum"):
            other.load_state(state[:-1] + bytes([state[-1] ^ 1]))

    def test_backward_is_the_gradient(self):
        net = small(detach_reset=False).wrap(6, 2, training=True, input_gradient=True, smooth=True)
        x, g = inputs(6, 2, 3), inputs(6, 2, 4, seed=2)
        net.forward(x)
        gradient = net.backward(g)
        self.assertEqual(gradient.shape, x.shape)
        weight = net.params["linear1.weight"]
        analytic, h = weight.grad[1, 2], 1e-2
        losses = []
        for sign in (1, -1):
            weight.value[1, 2] += sign * h
            net.reset()
            losses.append(float((net.forward(x) * g).sum()))
            weight.value[1, 2] -= sign * h
        self.assertAlmostEqual(
            (losses[0] - losses[1]) / (2 * h), analytic, delta=2e-3 * abs(analytic) + 1e-3
        )
        net.zero_grad()
        self.assertFalse(weight.grad.any())

    def test_backward_does_not_read_what_the_caller_changes(self):
        net, x, g = small().wrap(6, 2, training=True), inputs(6, 2, 3), inputs(6, 2, 4, seed=2)
        net.forward(x)
        net.backward(g)
        expected = net.params["linear1.weight"].grad.copy()
        net.zero_grad()
        net.reset()
        net.forward(x)
        x[...] = 0
        net.backward(g)
        np.testing.assert_array_equal(net.params["linear1.weight"].grad, expected)

    def test_calls_in_the_wrong_order(self):
        net = small()
        for call in (net.reset, lambda: net.backward(0), lambda: net.params, net.state):
            with self.assertRaises(fsnn.StateError) as caught:
                call()
            self.assertEqual(caught.exception.status, "FSNN_ESTATE")


class Parameters(unittest.TestCase):
    def test_arrays_are_the_memory_of_the_net(self):
        net, x = small(tau=2.0), inputs(8, 2, 3)
        before = net.forward(x)
        net.params["lif1.tau"] = [3.0]  # noticed by the next forward
        net.reset()
        after = net.forward(x)
        np.testing.assert_array_equal(small(tau=3.0).forward(x), after)
        self.assertFalse(np.array_equal(before, after))
        with self.assertRaisesRegex(ValueError, "tau"):
            net.params["lif1.tau"].value[0] = -1
            net.forward(x)

    def test_arrays_outlive_a_wrap_and_the_net(self):
        net = small().wrap(4, 2)
        old = net.params["linear1.weight"].value
        copy = old.copy()
        net.wrap(9, 3)
        np.testing.assert_array_equal(net.params["linear1.weight"].value, copy)
        del net
        np.testing.assert_array_equal(old, copy)

    def test_wrap_keeps_values_and_takes_new_dynamics(self):
        net = small().wrap(4, 2, seed=3)
        weight = net.params["linear1.weight"].value.copy()
        net.wrap(4, 2, dynamics={"alpha": 0.9})
        np.testing.assert_array_equal(net.params["linear1.weight"].value, weight)
        self.assertAlmostEqual(float(net.params["lif1.alpha"].value[0]), 0.9, places=6)

    def test_state_dict(self):
        a, b = small().wrap(4, 2, seed=1), small().wrap(4, 2, seed=2)
        b.load_state_dict(a.state_dict())
        np.testing.assert_array_equal(a.forward(inputs(4, 2, 3)), b.forward(inputs(4, 2, 3)))
        with self.assertRaisesRegex(ValueError, "shape"):
            b.load_state_dict({"linear1.bias": np.zeros(5)})
        with self.assertRaisesRegex(KeyError, "linear1.bias"):
            b.load_state_dict({"fc.bias": np.zeros(4)})

    def test_copies_and_pickles(self):
        net, x = small(tau=2.0), inputs(20, 2, 3)
        net.wrap(8, 2, seed=5)
        net.params["lif1.tau"] = [2.5]
        net.forward(x[:8])
        others = copy.deepcopy(net), pickle.loads(pickle.dumps(net))
        expected = net.forward(x[8:])
        self.assertGreater(expected.sum(), 0)
        for other in others:
            np.testing.assert_array_equal(other.forward(x[8:]), expected)
        self.assertEqual(len(copy.deepcopy(small()).wrap(2).params), len(net.params))


class Look(unittest.TestCase):
    def test_records(self):
        net, x = small("readout"), inputs(5, 2, 3)
        net.wrap(5, 2, record=True)
        y = net.forward(x)
        np.testing.assert_array_equal(net.read("readout1", "v"), y)
        weight, bias = net.params["linear1.weight"].value, net.params["linear1.bias"].value
        np.testing.assert_allclose(
            net.read("readout1", "current"), x @ weight.T + bias, rtol=1e-5, atol=1e-5
        )
        with self.assertRaisesRegex(ValueError, "not recorded"):
            net.read("readout1", "w")
        with self.assertRaisesRegex(ValueError, "there is no node 'lif9'"):
            net.read("lif9")

    def test_inspect(self):
        summary = small().inspect()
        self.assertEqual(summary["linear1"].shape, (4,))
        self.assertEqual(summary["linear1"].operations, 12)
        self.assertIn("lif1", str(summary))

    def test_describe(self):
        self.assertEqual(small(tau=2.5).wrap(1).describe()["lif1.tau"], "2.5")


class Threads(unittest.TestCase):
    def test_two_nets_in_two_threads(self):
        x, results = inputs(64, 8, 3), {}
        expected = [small(tau=t).forward(x) for t in (2.0, 3.0)]

        def work(i, tau):
            net = small(tau=tau)
            for _ in range(20):
                net.wrap(64, 8)
                results[i] = net.forward(x)

        threads = [threading.Thread(target=work, args=(i, t)) for i, t in enumerate((2.0, 3.0))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for i in range(2):
            np.testing.assert_array_equal(results[i], expected[i])


main()
