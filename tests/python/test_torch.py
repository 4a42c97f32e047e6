"""fsnn.torch as a citizen of torch: autograd's rules, copies, files, workers, other layers,
errors."""

import copy
import io
import os
import pickle
import resource
import threading
import warnings

from kit import fsnn, main, need, np, unittest

torch = need("torch")
import fsnn.torch as ft  # noqa: E402
from fsnn._plan import HAS_DOUBLE  # noqa: E402
from fsnn.torch import BaseNeuron, IFNeuron, LIFNeuron, SNNWrapper, _context  # noqa: E402
from torch import nn  # noqa: E402


class MySNN(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(10, 20)
        self.lif1 = LIFNeuron(tau=2.0)
        self.fc2 = nn.Linear(20, 5)
        self.lif2 = LIFNeuron(tau=2.0)

    def forward(self, x):
        x = self.lif1(self.fc1(x))
        x = self.lif2(self.fc2(x))
        return x


def network(seed=0, **options):
    torch.manual_seed(seed)
    model = MySNN()
    with torch.no_grad():
        model.fc1.weight *= 3
        model.fc2.weight *= 5
    return SNNWrapper(model, **{"integrator": "fdeint", "alpha": 0.7, **options})


def alone(neuron, **options):
    """The neuron and nothing else."""
    return SNNWrapper(nn.Sequential(neuron), integrator="fdeint", **{"alpha": 0.7, **options})


def samples(T=12, B=3, n=10, seed=1, scale=3.0):
    return torch.rand(T, B, n, generator=torch.Generator().manual_seed(seed)) * scale


class Changes(unittest.TestCase):
    """What is changed between two calls counts in the second."""

    def test_orders_in_place(self):
        x = samples(T=40, n=30)
        sums = {"alpha": [[0.7, 0.5]], "multi_coefficient": [[1.0, 1.0]]}
        for terms in sums:
            with self.subTest(terms=terms):
                first = [[0.4, *sums[terms][0][1:]]]
                changed = alone(LIFNeuron(tau=3.0), **sums)
                other = alone(LIFNeuron(tau=3.0), **{**sums, terms: first})
                before = changed(x)
                getattr(changed, terms.replace("multi_", ""))[0][0] = 0.4
                self.assertFalse(torch.equal(changed(x), before))
                self.assertTrue(torch.equal(changed(x), other(x)))
                with self.assertRaisesRegex(AttributeError, rf"module, {terms}="):
                    setattr(changed, terms.replace("multi_", ""), first)

    def test_whatever_makes_another_layer(self):
        """Most calls are as the one before; each thing that may differ makes another layer."""

        def tau(net):
            net.module[0].tau = 3.0

        def threshold(net):
            net.module[0].threshold = 0.4

        def scale(net):
            net.module[0].surrogate_grad_scale = 1.0

        def surrogate(net):
            net.module[0].surrogate_opt = "sigmoid"

        def reset(net):
            net.module[0].options["reset"] = "value"

        def kappa(net):
            net.module[0].own["kappa"] = 3.0

        def method(net):
            net.method = "l1"

        def memory(net):
            net.memory = 3

        def learns(net):
            net.module[0].threshold = nn.Parameter(torch.tensor(0.6))

        def answer(net, x):
            if not x.requires_grad:
                return net(x)
            x.grad = None
            net(x).square().sum().backward()
            return x.grad

        changes = (tau, threshold, scale, surrogate, reset, kappa, method, memory, learns)
        for change in changes:
            kind = ft.HardLIFNeuron if change is kappa else LIFNeuron
            for x in (samples(), samples().requires_grad_()):
                changed, fresh = alone(kind(tau=2.0)), alone(kind(tau=2.0))
                before = answer(changed, x)
                change(changed)
                change(fresh)
                after, again = answer(changed, x), answer(changed, x)
                self.assertTrue(torch.equal(after, again), change.__name__)
                self.assertTrue(torch.equal(after, answer(fresh, x)), change.__name__)
                if x.requires_grad or change not in (scale, surrogate):
                    self.assertFalse(torch.equal(after, before), change.__name__)
        net = alone(LIFNeuron(tau=2.0))
        for x in (samples(), samples(T=9), samples(B=5), samples(n=4), samples()):
            self.assertTrue(torch.equal(net(x), alone(LIFNeuron(tau=2.0))(x)))
            with torch.no_grad():
                self.assertFalse(net(x.requires_grad_()).requires_grad)
            self.assertTrue(net(x).requires_grad)
        net = alone(LIFNeuron(tau=2.0, threshold=nn.Parameter(torch.tensor(0.6))))
        net(samples())
        net.module[0].threshold.data.fill_(0.4)
        fixed = alone(LIFNeuron(tau=2.0, threshold=0.4))
        self.assertTrue(torch.equal(net(samples()), fixed(samples())))


class Programs(unittest.TestCase):
    """The programs of the first pages, with the import changed."""

    def test_constructors(self):
        LIFNeuron(tau=2.0, threshold=1.0, surrogate_opt="arctan", tau_learnable=False)
        neuron = IFNeuron(tau=1.5, threshold=0.8, surrogate_opt="sigmoid", tau_learnable=True)
        self.assertAlmostEqual(neuron.get_tau().item(), 1.5, places=6)
        default = LIFNeuron()
        self.assertEqual(
            (default.tau, default.threshold, default.surrogate_opt, default.surrogate_grad_scale),
            (0.5, 1.0, "arctan", 5.0),
        )

    def test_training(self):
        net = network()
        net._set_neuron_shapes(input_shape=(1, 10))
        x, y = (
            samples(16, 32),
            torch.randint(0, 5, (32,), generator=torch.Generator().manual_seed(2)),
        )
        optimizer, losses = torch.optim.Adam(net.parameters(), lr=1e-2), []
        for _ in range(40):
            out = net(x, torch.linspace(0, 15, 16), method="gl", options={"memory": -1})
            loss = nn.functional.cross_entropy(out.mean(0), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        self.assertEqual(out.shape, (16, 32, 5))
        self.assertLess(losses[-1], losses[0] - 0.05)

    def test_parameters_are_the_module_s_own(self):
        model = MySNN()
        net = SNNWrapper(model, alpha=0.5)
        self.assertIs(dict(net.named_parameters())["module.fc1.weight"], model.fc1.weight)

    def test_same_as_the_library_s_net(self):
        """The network as a description with the same weights: the same spikes."""
        net, x = network(), samples()
        layers = [
            {"linear": {"out": 20, "name": "fc1"}},
            {"lif": {"tau": 2.0, "surrogate": {"kind": "arctan", "scale": 5}}},
        ]
        layers += [{"linear": {"out": 5, "name": "fc2"}}, {"lif": {"tau": 2.0}}]
        c = fsnn.Net(input=[10], layers=layers, dynamics={"alpha": 0.7}).wrap(12, 3)
        c.load_state_dict({k[len("module.") :]: v for k, v in net.state_dict().items()})
        np.testing.assert_array_equal(net(x).detach().numpy(), c.forward(x))


class Autograd(unittest.TestCase):
    def gradients(self, net, x, w):
        net.zero_grad()
        (net(x) * w).sum().backward()
        return [p.grad.clone() for p in net.parameters()]

    def test_two_calls_before_one_backward(self):
        net, a, b = network(learn_alpha=True), samples(seed=1), samples(seed=2)
        w = torch.randn(12, 3, 5)
        apart = [p + q for p, q in zip(self.gradients(net, a, w), self.gradients(net, b, w))]
        net.zero_grad()
        ((net(a) + net(b)) * w).sum().backward()
        for p, expected in zip(net.parameters(), apart):
            torch.testing.assert_close(p.grad, expected, rtol=1e-4, atol=1e-5)

    def test_backward_twice(self):
        net, x, w = network(), samples(), torch.randn(12, 3, 5)
        once = self.gradients(net, x, w)
        net.zero_grad()
        loss = (net(x) * w).sum()
        loss.backward(retain_graph=True)
        net(samples(seed=5))  # takes the nets that are free
        loss.backward()
        for p, g in zip(net.parameters(), once):
            torch.testing.assert_close(p.grad, 2 * g)
        with self.assertRaisesRegex(RuntimeError, "second time|backward"):
            loss.backward()

    def test_a_change_in_place_is_caught(self):
        net, x = alone(LIFNeuron(tau=2.0)), samples().requires_grad_()
        y = x * 1.0
        out = net(y)
        with torch.no_grad():
            y.mul_(0)
        with self.assertRaisesRegex(RuntimeError, "modified by an inplace operation"):
            out.sum().backward()

    def test_spikes_may_be_changed_in_place(self):
        """out += identity, as residual networks have it: backward has the spikes as they were."""
        for width in (10, 4096):  # small results, and large ones that lie in memory used again
            x = samples(16, 8, width).requires_grad_()
            lif = LIFNeuron(tau=2.0, tau_learnable=True, threshold_learnable=True)
            results = []
            for add in (torch.Tensor.add, torch.Tensor.add_):
                x.grad = lif.log_tau.grad = lif.log_threshold.grad = None
                (add(alone(lif)(x), x) ** 2).sum().backward()
                results.append([x.grad, lif.log_tau.grad, lif.log_threshold.grad])
            with self.subTest(width=width):
                for a, b in zip(*results):
                    torch.testing.assert_close(a, b, rtol=0, atol=0)

    @unittest.skipUnless(HAS_DOUBLE, "this build has no networks in double precision")
    def test_gradcheck_of_the_smooth_forward(self):
        """torch's own check: input, weights, tau, threshold, alpha, coefficients, of every method
        and of a neuron written in Python."""
        options = {"tau_learnable": True, "threshold_learnable": True}
        several = {"alpha": [[0.9, 0.4], [0.7]], "learn_coefficient": True}
        for kind, method, how in (
            (LIFNeuron, "gl", {}),
            (LIFNeuron, "l1", {}),
            (LIFNeuron, "ab", {}),
            (LIFNeuron, "gl", several),
            (IFNeuron, "gl", {"learn_alpha": [True, False]}),
            (WithParameter, "gl", {}),
            (LIFNeuron, "euler", {"integrator": "odeint"}),
        ):
            torch.manual_seed(0)
            layers = nn.Linear(3, 4), kind(tau=2.5, **options), nn.Linear(4, 2)
            module = nn.Sequential(*layers, kind(tau=2.0, **options))
            how = {"integrator": "fdeint", "alpha": 0.6, "learn_alpha": True, **how}
            net = SNNWrapper(module, **how, smooth=True).double()
            x = samples(5, 2, 3).double().requires_grad_()
            learned = tuple(p for p in net.parameters() if p.requires_grad)
            with self.subTest(kind=kind.__name__, method=method, **how):
                self.assertTrue(
                    torch.autograd.gradcheck(lambda x, *p: net(x, method=method), (x, *learned))
                )
        with self.assertRaisesRegex(NotImplementedError, "has smooth.*run step by step"):
            alone(Branch(tau=2.0), smooth=True)(samples())

    def test_no_second_derivative(self):
        net, x = network(), samples().requires_grad_()
        with self.assertRaisesRegex(NotImplementedError, "second derivative"):
            torch.autograd.grad(net(x).sum(), x, create_graph=True)

    def test_no_forward_mode(self):
        net, x = alone(LIFNeuron(tau=2.0)), samples()
        with torch.autograd.forward_ad.dual_level():
            dual = torch.autograd.forward_ad.make_dual(x, torch.ones_like(x))
            with self.assertRaisesRegex((NotImplementedError, RuntimeError), "jvp"):
                net(dual)

    def test_checkpoints_go_around(self):
        from torch.utils.checkpoint import checkpoint

        net, x = network(), samples().requires_grad_()
        want = torch.autograd.grad(net(x).sum(), x)[0]
        got = torch.autograd.grad(checkpoint(net, x, use_reentrant=False).sum(), x)[0]
        torch.testing.assert_close(got, want)
        with torch.autograd.graph.saved_tensors_hooks(lambda t: t.clone(), lambda t: t.clone()):
            y = net(x * 1.0)
        got = torch.autograd.grad(y.sum(), x)[0]
        torch.testing.assert_close(got, want)
        if hasattr(torch._C, "_current_graph_task_id"):
            inside = alone(LIFNeuron(tau=2.0))
            inside.module.forward = lambda x: checkpoint(inside.module[0], x, use_reentrant=False)
            with self.assertRaisesRegex(RuntimeError, r"checkpoint\(net, x\)"):
                inside(x).sum().backward()

    def test_no_vmap(self):
        if not hasattr(torch, "vmap"):
            self.skipTest("torch.vmap came later")
        net = network()
        with self.assertRaisesRegex(NotImplementedError, "vmap"):
            torch.vmap(net)(torch.rand(2, 4, 3, 10))

    def test_eval_and_no_grad(self):
        net, x = network(), samples()
        expected = net(x)
        with torch.no_grad():
            plain = net(x)
        self.assertFalse(plain.requires_grad)
        torch.testing.assert_close(plain, expected.detach(), rtol=0, atol=0)
        net.eval()
        torch.testing.assert_close(net(x), expected, rtol=0, atol=0)
        net(x).sum().backward()
        self.assertTrue(net.module.fc1.weight.grad.any())

    def test_memory_is_flat(self):
        net, x = network(), samples(16, 64)

        def calls(count):
            for _ in range(count):
                net(x).sum().backward()
            return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

        before = calls(100)
        self.assertLess(calls(1000) - before, 16384)  # KiB

    def test_large_results_use_their_memory_again(self):
        """Results that live are their own; what is dropped is used again, and not before."""
        from fsnn.torch import _buffers

        net = alone(LIFNeuron(tau=2.0))
        x = torch.rand(16, 8, 4096, requires_grad=True)  # 2 MB
        kept = [net(x * k) for k in range(1, 6)]
        copies = [y.detach().clone() for y in kept]
        sum(y.sum() for y in kept).backward()
        for y, copied in zip(kept, copies):
            torch.testing.assert_close(y.detach(), copied, rtol=0, atol=0)
        view = kept.pop()[3]
        copied = view.detach().clone()
        del kept, y
        for k in range(4):
            net(x * k)
        torch.testing.assert_close(view.detach(), copied, rtol=0, atol=0)
        address = net(x).data_ptr()
        self.assertEqual(net(x).data_ptr(), address)
        self.assertLessEqual(sum(map(len, _buffers._free.values())), 32)

    def test_a_forward_without_backward_gives_its_net_back(self):
        net, x = network(), samples()
        for smooth in (False, True):
            net.smooth = smooth
            for _ in range(3):
                net(x)
            free = net.module.lif1._pool._free
            nets = {id(one) for nets in free.values() for one in nets}
            net(x)
            self.assertEqual({id(one) for nets in free.values() for one in nets}, nets)
        a, b = net(x), net(x)  # both live: two nets
        a.sum().backward()
        b.sum().backward()

    def test_shapes_do_not_pile_up(self):
        net = network()
        for B in range(1, 40):
            net(samples(4, B)).sum().backward()
        kept = sum(len(nets) for nets in net.module.lif1._pool._free.values())
        self.assertLessEqual(kept, 8)


class Processes(unittest.TestCase):
    @staticmethod
    def trained(net, x, steps=20):
        """The weights after some steps of a training."""
        optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
        for _ in range(steps):
            optimizer.zero_grad()
            (net(x).mean(0) - 0.5).square().sum().backward()
            optimizer.step()
        return [p.detach().clone() for p in net.parameters()]

    def test_two_threads_with_two_nets(self):
        nets, got = [network(seed, learn_alpha=True) for seed in (1, 2)], {}
        inputs = [samples(8, 16, seed=seed) for seed in (1, 2)]
        expected = [self.trained(copy.deepcopy(net), x) for net, x in zip(nets, inputs)]

        def run(k):
            got[k] = self.trained(nets[k], inputs[k])

        threads = [threading.Thread(target=run, args=(k,)) for k in (0, 1)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for k, want in enumerate(expected):
            for a, b in zip(got[k], want):
                torch.testing.assert_close(a, b, rtol=1e-5, atol=1e-6)

    def test_two_threads_with_one_net(self):
        """Forwards and backwards of one net at the same time have tapes of their own."""
        net, results = network(), {}
        inputs = [samples(seed=k).requires_grad_() for k in range(4)]

        def run(k):
            results[k] = torch.autograd.grad(net(inputs[k]).sum(), inputs[k])[0]

        threads = [threading.Thread(target=run, args=(k,)) for k in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for k, x in enumerate(inputs):
            want = torch.autograd.grad(net(x).sum(), x)[0]
            torch.testing.assert_close(results[k], want)

    @unittest.skipUnless(hasattr(os, "fork"), "there is no fork here")
    def test_fork(self):
        """A child of a process that has computed computes the same, forward and backward."""
        before = torch.get_num_threads()
        torch.set_num_threads(1)  # torch's own backward after fork is torch's matter
        self.addCleanup(torch.set_num_threads, before)
        net, x = network(), samples()
        with torch.no_grad():
            expected = net(x)
        child = os.fork()
        if child == 0:
            with torch.no_grad():
                same = torch.equal(net(x), expected)
            os._exit(0 if same else 1)
        self.assertEqual(os.waitpid(child, 0)[1], 0)


class Copies(unittest.TestCase):
    def same(self, a, b):
        x = samples()
        torch.testing.assert_close(a(x), b(x), rtol=0, atol=0)

    def test_deepcopy_and_pickle(self):
        net = network(learn_alpha=True)
        net(samples())
        self.same(net, copy.deepcopy(net))
        self.same(net, pickle.loads(pickle.dumps(net)))

    def test_state_dict_through_a_file(self):
        a, b, file = (
            network(0, learn_alpha=True),
            network(1, alpha=0.4, learn_alpha=True),
            io.BytesIO(),
        )
        torch.save(a.state_dict(), file)
        file.seek(0)
        b.load_state_dict(torch.load(file))
        self.same(a, b)

    def test_loader_with_workers(self):
        data = torch.utils.data.TensorDataset(torch.rand(16, 12, 10) * 3, torch.arange(16))
        net = network()
        net(samples())
        loader = torch.utils.data.DataLoader(
            data, batch_size=4, num_workers=2, multiprocessing_context="fork"
        )
        spikes = sum(float(net(x.transpose(0, 1)).detach().sum()) for x, _ in loader)
        whole = float(net(data.tensors[0].transpose(0, 1)).detach().sum())
        self.assertEqual(spikes, whole)

    def test_compile(self):
        if not hasattr(torch, "compile"):
            self.skipTest("torch.compile came later")
        net, x = network(), samples()
        compiled = torch.compile(net, backend="eager")
        w, grads = samples(T=12, B=3, n=5, seed=4), []
        for call in (net, compiled):
            net.zero_grad()
            y = call(x)
            (y * w).sum().backward()
            grads.append([y.detach()] + [p.grad.clone() for p in net.parameters()])
        for a, b in zip(*grads):
            torch.testing.assert_close(a, b, rtol=0, atol=0)


class Around(unittest.TestCase):
    """Any torch network may stand around the neurons."""

    def test_convolutions_skips_and_functions(self):
        class Conv(nn.Module):
            def __init__(self):
                super().__init__()
                self.conv, self.bn, self.lif = (
                    nn.Conv2d(1, 4, 3, padding=1),
                    nn.BatchNorm2d(4),
                    LIFNeuron(tau=2.0),
                )
                self.head = nn.Linear(4, 3)

            def forward(self, x):
                s = self.lif(self.bn(self.conv(x)))
                return self.head(torch.relu(s + x).mean(dim=(2, 3)))

        net = SNNWrapper(Conv(), integrator="fdeint", alpha=0.6)
        y = net(torch.rand(5, 2, 1, 8, 8) * 3)
        self.assertEqual(y.shape, (5, 2, 3))
        y.sum().backward()
        self.assertTrue(net.module.conv.weight.grad.any())

    def test_autocast_is_of_the_layers_between(self):
        torch.manual_seed(0)
        module = nn.Sequential(nn.Linear(10, 6), LIFNeuron(tau=2.0), nn.Linear(6, 4))
        net, x = SNNWrapper(module, "fdeint", alpha=0.7), samples(scale=9.0)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            current = module[0](x.flatten(0, 1)).float().unflatten(0, x.shape[:2])
            y = net(x)
        self.assertEqual(y.dtype, torch.bfloat16)
        spikes = alone(LIFNeuron(tau=2.0))(current)
        self.assertGreater(spikes.sum(), 0)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            torch.testing.assert_close(y, module[2](spikes), rtol=0, atol=0)
        y.float().sum().backward()
        self.assertEqual(module[0].weight.grad.dtype, torch.float32)
        with self.assertRaisesRegex(TypeError, "bfloat16"):
            net.bfloat16()(x.bfloat16())

    def test_batch_norm_of_each_step(self):
        norm = nn.BatchNorm1d(10)
        net = SNNWrapper(
            nn.Sequential(norm, ft.ReadoutNeuron(tau=2.0)), integrator="fdeint", alpha=0.7
        )
        x, other = samples(), copy.deepcopy(norm)
        expected = torch.stack([other(step) for step in x])
        got = []
        net.module[1].register_forward_hook(lambda m, args, y: got.append(args[0]))
        net(x)
        torch.testing.assert_close(got[0].reshape(x.shape), expected)
        torch.testing.assert_close(norm.running_mean, other.running_mean)
        folded = SNNWrapper(
            nn.Sequential(nn.BatchNorm1d(10), LIFNeuron(tau=2.0)), alpha=0.7, norm="folded"
        )
        folded(x)
        torch.testing.assert_close(folded.module[0].running_mean, 0.1 * x.mean(dim=(0, 1)))

    def test_every_kind(self):
        x = samples()
        for name in ft.neuron.__all__:
            if name == "BaseNeuron":
                continue
            with self.subTest(kind=name):
                neuron = getattr(ft, name)(tau=4.0, tau_learnable=True)
                if name == "HardResetLIFNeuron":
                    neuron = ft.HardResetLIFNeuron(4.0, tau_learnable=True, reset_strength=1.0)
                net, z = alone(neuron, alpha=0.8), x.clone().requires_grad_()
                y = net(z, method="gl")
                self.assertTrue(torch.isfinite(y).all())
                self.assertGreater(y.abs().sum(), 0)
                y.sum().backward()
                self.assertTrue(z.grad.any())
                self.assertTrue(neuron.log_tau.grad.any())

    def test_rules_of_kinds_are_their_equations(self):
        """forward(v, I) of a kind, recorded, gives the spikes of the kind."""
        x = samples(scale=1.5)
        for kind in (LIFNeuron, IFNeuron, ft.HardLIFNeuron, ft.QIFNeuron):
            own = type(
                "Own",
                (kind,),
                {"forward": lambda self, v, I=None, kind=kind: kind.forward(self, v, I)},
            )
            with self.subTest(kind=kind.__name__):
                a, b = alone(kind(tau=3.0)), alone(own(tau=3.0))
                self.assertEqual(b.module[0].kind, "user")
                torch.testing.assert_close(a(x), b(x), rtol=0, atol=0)

    def test_options_of_the_description(self):
        """A spike at the threshold itself, or only above it."""
        x = torch.full((1, 1, 2), 2.0)  # v + dv is 1
        self.assertEqual(alone(LIFNeuron(tau=2.0))(x).sum(), 2)
        self.assertEqual(alone(LIFNeuron(tau=2.0, equality=">"))(x).sum(), 0)
        with self.assertRaisesRegex(NotImplementedError, "v_reset is not learned here"):
            LIFNeuron(reset="value", v_reset={"value": 0.2, "learn": True})

    def test_hooks(self):
        neuron, seen = LIFNeuron(tau=2.0), []
        neuron.register_forward_pre_hook(lambda m, args: (args[0] * 2,))
        neuron.register_forward_hook(lambda m, args, y: seen.append(y) or y + 1)
        neuron.register_full_backward_hook(lambda m, gx, gy: seen.append(gy[0]))
        x = samples().requires_grad_()
        y = alone(neuron)(x)
        torch.testing.assert_close(y, alone(LIFNeuron(tau=2.0))(x * 2) + 1, rtol=0, atol=0)
        y.sum().backward()
        self.assertEqual(len(seen), 2)
        self.assertEqual(neuron(torch.zeros(2), None).shape, (2,))

    def test_noise_follows_torch_s_seed(self):
        net, x = alone(ft.NoisyLIFNeuron(tau=2.0)), samples(seed=3).requires_grad_()
        torch.manual_seed(5)
        a, b = net(x), net(x)
        torch.manual_seed(5)
        torch.testing.assert_close(net(x), a, rtol=0, atol=0)
        self.assertTrue((a != b).any())
        net.eval()
        torch.testing.assert_close(net(x), alone(LIFNeuron(tau=2.0))(x), rtol=0, atol=0)


class Branch(BaseNeuron):
    """LIF with a branch on a number, which no equation has."""

    def forward(self, v_mem, current_input=None):
        if current_input is None:
            return v_mem
        dv = (-v_mem + current_input) / self.get_tau()
        if dv.sum() > 1e30:
            dv = dv * 0
        spike = self.surrogate_f(v_mem + dv - self.threshold, self.surrogate_grad_scale)
        return dv - spike.detach() * self.threshold / self.get_tau(), spike


class WithParameter(BaseNeuron):
    def __init__(self, **options):
        super().__init__(**options)
        self.gain = nn.Parameter(torch.tensor(1.3))

    def forward(self, v_mem, current_input=None):
        if current_input is None:
            return v_mem
        dv = (
            -v_mem * torch.sigmoid(v_mem) + self.gain * current_input.clamp(max=5)
        ) / self.get_tau()
        spike = self.surrogate_f(v_mem + dv - self.threshold, self.surrogate_grad_scale)
        return dv - spike.detach() * self.threshold / self.get_tau(), spike


class Own(unittest.TestCase):
    def test_steps_give_what_the_scan_gives(self):
        for options, call in (
            ({}, {}),
            ({"alpha": [0.9, 0.4], "multi_coefficient": [1.0, 0.5]}, {}),
            ({}, {"method": "l1"}),
            ({}, {"options": {"memory": 4}}),
            ({}, {"x_time": torch.arange(12) * 0.5}),
            ({"integrator": "odeint"}, {}),
        ):
            with self.subTest(**options, **call), warnings.catch_warnings():
                warnings.simplefilter("ignore")
                options = {"integrator": "fdeint", "alpha": 0.7, **options}
                results = []
                for kind in (LIFNeuron, Branch):
                    x = samples(scale=2.5).requires_grad_()
                    neuron = kind(tau=2.0, tau_learnable=True)
                    y = SNNWrapper(nn.Sequential(neuron), **options)(x, **call)
                    (y * samples(seed=9)).sum().backward()
                    results.append((y.detach(), x.grad, neuron.log_tau.grad))
                for a, b in zip(*results):
                    torch.testing.assert_close(a, b, rtol=2e-4, atol=1e-4)
                self.assertGreater(results[0][0].sum(), 0)

    def test_what_is_not_recorded_is_said_and_limited(self):
        with self.assertWarnsRegex(fsnn.NetWarning, "step by step through torch.*uses .sum"):
            _context._said.clear()
            alone(Branch(tau=2.0))(samples())
        with warnings.catch_warnings():
            warnings.simplefilter("error", fsnn.NetWarning)
            alone(Branch(tau=2.0))(samples())  # once
        with self.assertRaisesRegex(NotImplementedError, "gl, l1, euler, not ab"):
            alone(Branch(tau=2.0))(samples(), method="ab")
        with self.assertRaisesRegex(NotImplementedError, "do not learn alpha"):
            alone(Branch(tau=2.0), learn_alpha=True)(samples())

    def test_nothing_is_left_out_in_silence(self):
        """What a neuron that runs step by step does not have is an error; so is what is not
        finite, unless it is asked for as NaN."""
        x = samples()
        for key, options, call in (
            ("reset", {"reset": "jump"}, {}),
            ("v0", {"v0": 0.5}, {}),
            ("implicit", {}, {"options": {"implicit": True}}),
        ):
            with self.assertRaisesRegex(NotImplementedError, f"has {key}.*uses .sum"):
                alone(Branch(tau=2.0, **options))(x, **call)
        alone(Branch(tau=2.0, reset="current"))(x)
        x[3, 0, 1] = float("inf")
        with self.assertRaisesRegex(ArithmeticError, "neuron 0 is not finite after step 3"):
            alone(Branch(tau=2.0))(x)
        with self.assertWarnsRegex(fsnn.NetWarning, "on_nonfinite"):
            self.assertTrue(alone(Branch(tau=2.0), on_nonfinite="warn")(x).isnan().all())

    def test_parameters_of_its_own_learn(self):
        x = samples(scale=2.5)
        neuron = WithParameter(tau=2.0)
        net = alone(neuron)
        (net(x) * samples(seed=9)).sum().backward()
        recorded = neuron.gain.grad.clone()

        class Slow(WithParameter):
            def forward(self, v_mem, current_input=None):
                return super().forward(v_mem, current_input) if v_mem.numel() else None

        slow = Slow(tau=2.0)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            (alone(slow)(x) * samples(seed=9)).sum().backward()
        torch.testing.assert_close(recorded, slow.gain.grad, rtol=1e-4, atol=1e-4)

    def test_get_tau_anywhere(self):
        self.assertEqual(LIFNeuron(tau=3.0).get_tau(), 3.0)
        learned = LIFNeuron(tau=3.0, tau_learnable=True)
        self.assertTrue(learned.get_tau().requires_grad)
        learned.tau = 4.0
        self.assertAlmostEqual(learned.get_tau().item(), 4.0, places=5)
        dv, spike = LIFNeuron(tau=2.0)(torch.zeros(3), torch.tensor([1.0, 2.0, 3.0]))
        self.assertEqual(spike.tolist(), [0, 1, 1])


class Times(unittest.TestCase):
    def test_the_step_is_the_spacing(self):
        net, x = network(), samples()
        a = net(x, torch.linspace(0, 1.1, 12))
        b = SNNWrapper(net.module, integrator="fdeint", alpha=0.7)(x, np.arange(12) * 0.1)
        torch.testing.assert_close(a, b, rtol=0, atol=0)
        self.assertTrue((a != net(x)).any())

    def test_times_are_read_again_where_they_changed(self):
        net, x = network(), samples()
        times = torch.arange(12) * 0.1
        before = net(x, times)
        torch.testing.assert_close(net(x, times.clone()), before, rtol=0, atol=0)
        times *= 10
        torch.testing.assert_close(net(x, times), net(x), rtol=0, atol=0)
        stamps = np.arange(12) * 0.1  # the memory of an array, which torch does not watch
        shared = torch.from_numpy(stamps)
        torch.testing.assert_close(net(x, shared), before, rtol=0, atol=0)
        stamps *= 10
        torch.testing.assert_close(net(x, shared), net(x), rtol=0, atol=0)
        self.assertTrue((before != net(x)).any())
        copied = pickle.loads(pickle.dumps(net))
        torch.testing.assert_close(copied(x, times), net(x), rtol=0, atol=0)

    def test_a_step_size_that_differs_is_said(self):
        with self.assertWarnsRegex(fsnn.NetWarning, "step_size 0.123 is not used"):
            network()(samples(), options={"step_size": 0.123})

    def test_times_that_are_not_uniform(self):
        net, x = alone(ft.ReadoutNeuron(tau=2.0)), samples(4).requires_grad_()
        y = net(x, [0.0, 0.5, 1.0, 3.0])
        grid = torch.from_numpy(fsnn.interpolate(x.detach(), [0, 0.5, 1, 3], [0, 1, 2, 3]))
        torch.testing.assert_close(y, net(grid, [0.0, 1.0, 2.0, 3.0]))
        y[1].sum().backward()
        self.assertFalse(x.grad[1].any())  # at time 0 and 1 the samples 0 and 2 are seen
        self.assertTrue(x.grad[2].any())

    def test_substeps(self):
        x = torch.ones(6, 2, 3)
        coarse = SNNWrapper(nn.Sequential(ft.ReadoutNeuron(tau=2.0)), "fdeint", alpha=0.7)(x)
        fine = SNNWrapper(
            nn.Sequential(ft.ReadoutNeuron(tau=2.0)), "fdeint", alpha=0.7, substeps=64
        )(x)
        self.assertEqual(fine.shape, coarse.shape)
        t = np.arange(6) + 1 / 64
        exact = 1 - np.array([fsnn.mittag_leffler(0.7, 1.0, -(s**0.7) / 2) for s in t])
        np.testing.assert_allclose(fine[:, 0, 0], exact, atol=0.02)


class Errors(unittest.TestCase):
    def test_sentences(self):
        x, cases = (
            samples(),
            (
                (ValueError, "no neurons", lambda: SNNWrapper(nn.Linear(2, 2))),
                (ValueError, "fdeint, odeint", lambda: network(integrator="fde")),
                (
                    ValueError,
                    "alpha has 3 layers, and the module 2",
                    lambda: network(alpha=[[0.1], [0.2], [0.3]]),
                ),
                (ValueError, "alpha", lambda: network(alpha=1.5)(x)),
                (
                    ValueError,
                    "surrogate gradient 'atan'.*arctan",
                    lambda: LIFNeuron(surrogate_opt="atan"),
                ),
                (ValueError, "tau is -1", lambda: LIFNeuron(tau=-1)),
                (TypeError, "no option 'v_rest'.*v_reset", lambda: LIFNeuron(v_rest=0)),
                (ValueError, "no method 'gll'", lambda: network()(x, method="gll")),
                (TypeError, "no option 'memroy'", lambda: network()(x, options={"memroy": 3})),
                (ValueError, "x has 12 steps, and x_time 3", lambda: network()(x, [0, 1, 2])),
                (ValueError, "must increase: time 2", lambda: network()(x[:3], [0.0, 1.0, 1.0])),
                (RuntimeError, "outside of an SNNWrapper", lambda: LIFNeuron()(x)),
                (TypeError, "float16", lambda: network()(x.half())),
                (NotImplementedError, "on meta", lambda: network()(x.to("meta"))),
                (NotImplementedError, "sparse.*to_dense", lambda: network()(x.to_sparse())),
                (NotImplementedError, "to_net makes", lambda: torch.jit.script(network())),
                (NotImplementedError, "LIFNeuron cannot", lambda: torch.jit.script(LIFNeuron())),
                (ValueError, "neuron.*no numbers", lambda: alone(LIFNeuron())(x[..., :0])),
                (AttributeError, "alpha is settled", lambda: setattr(network(), "alpha", [0.5])),
                (ValueError, r"\[0, 3, 10\].*at least 1", lambda: network()(x[:0])),
                (ValueError, r"x_time has the shape \[3, 12\]", lambda: network()(x, x[..., 0].T)),
                (ValueError, "memory is 2.5", lambda: network()(x, options={"memory": 2.5})),
                (ValueError, "'spline'", lambda: network()(x, interpolation_method="spline")),
                (TypeError, "'x' is no order", lambda: network(alpha="x")),
                (ValueError, "learn_alpha has 1 layers", lambda: network(learn_alpha=[True])),
            ),
        )
        for kind, pattern, call in cases:
            with self.subTest(pattern=pattern), self.assertRaisesRegex(kind, pattern):
                call()

    def test_a_module_that_grew(self):
        base = nn.Sequential(nn.Linear(10, 4), LIFNeuron())
        net = SNNWrapper(base)
        base.append(LIFNeuron())
        with self.assertRaisesRegex(ValueError, "has 2 neurons, and had 1 when it was wrapped"):
            net(samples())
        SNNWrapper(base)(samples())

    def test_times_have_no_gradient(self):
        x = samples()
        with self.assertWarnsRegex(fsnn.NetWarning, "x_time gets no gradient"):
            network()(x, torch.arange(float(len(x))).requires_grad_())

    def test_what_is_not_finite(self):
        x = samples()
        x[4, 1, 2] = float("inf")
        with self.assertRaisesRegex(ArithmeticError, "lif.*step"):
            network()(x)
        with self.assertWarnsRegex(fsnn.NetWarning, "on_nonfinite"):
            y = network(on_nonfinite="warn")(x)
        self.assertTrue(torch.isnan(y).any())

    def test_double(self):
        net, x = (
            alone(ft.ReadoutNeuron(tau=2.0, tau_learnable=True), learn_alpha=True).double(),
            samples(6, 2, 3).double(),
        )
        if not HAS_DOUBLE:
            with self.assertRaisesRegex(NotImplementedError, "double precision"):
                net(x)
            return
        self.assertEqual(net(x).dtype, torch.float64)
        self.assertTrue(torch.autograd.gradcheck(net, (x.requires_grad_(),)))


main()
