"""What fsnn.torch says to wrong arguments and names: the right exception, and what was meant."""

import importlib
import os
import unittest
import warnings

from kit import main, need

torch = need("torch")
import fsnn  # noqa: E402
import fsnn.torch as ft  # noqa: E402
from fsnn.torch import LIFNeuron, SNNWrapper, _context  # noqa: E402
from torch import nn  # noqa: E402

X = torch.rand(6, 2, 3, generator=torch.Generator().manual_seed(1)) * 3


def wrapped(*neurons, **options):
    torch.manual_seed(0)
    layers = [nn.Linear(3, 3), *(neurons or [LIFNeuron(tau=2.0)])]
    return SNNWrapper(nn.Sequential(*layers), **{"integrator": "fdeint", "alpha": 0.7, **options})


class OfOneKind(unittest.TestCase):
    def check(self, *cases):
        for kind, pattern, call in cases:
            with self.subTest(pattern=pattern), self.assertRaisesRegex(kind, pattern):
                call()


class Wrapper(OfOneKind):
    def test_arguments(self):
        self.check(
            (TypeError, "'per_layer_alpha'; that is alpha", lambda: wrapped(per_layer_alpha=[0.5])),
            (TypeError, "'options'; that is an argument of calls", lambda: wrapped(options={})),
            (TypeError, 'learn_alhpa.*did you mean "learn_alpha"', lambda: wrapped(learn_alhpa=1)),
            (ValueError, 'did you mean "fdeint"', lambda: wrapped(integrator="fdint")),
            (ValueError, 'did you mean "cubic"', lambda: wrapped(interpolation_method="cubik")),
            (
                TypeError,
                r"the class Linear: wrap a module, Linear\(",
                lambda: SNNWrapper(nn.Linear),
            ),
            (TypeError, "base is a NoneType", lambda: SNNWrapper(None)),
            (ValueError, "holds an SNNWrapper", lambda: wrapped(wrapped())),
            (ValueError, "substeps is 'a'", lambda: wrapped(substeps="a")),
            (ValueError, "substeps is 2.5", lambda: wrapped(substeps=2.5)),
        )

    def test_methods(self):
        self.check(
            (ValueError, "no method 'grunwald': known are gl, l1", lambda: wrapped()(X, method="grunwald")),
            (ValueError, 'did you mean "gl"', lambda: wrapped(method="GL")),
            (NotImplementedError, "'euler' is of integrator odeint", lambda: wrapped()(X, method="euler")),
            (
                NotImplementedError,
                "'gl' is of integrator fdeint",
                lambda: wrapped(integrator="odeint", alpha=1)(X, method="gl"),
            ),
        )  # fmt: skip

    def test_options_of_a_call(self):
        def call(**options):
            return lambda: wrapped()(X, options=options)

        self.check(
            (TypeError, 'did you mean "memory"', call(memry=3)),
            (ValueError, "from 2 on", call(memory=0)),
            (ValueError, "from 2 on", call(memory=-2)),
            (TypeError, "memory is True", call(memory=True)),
            (TypeError, "memory is 'a'", call(memory="a")),
            (ValueError, "exclude each other", call(memory=3, tolerance=1e-4)),
            (ValueError, "tolerance", call(tolerance=0)),
            (TypeError, "step_size is 'a'", call(step_size="a")),
            (ValueError, "step_size is -1", call(step_size=-1)),
            (TypeError, "options is 5: it is a dict", lambda: wrapped()(X, options=5)),
        )

    def test_what_is_no_input(self):
        late = torch.tensor([0.0, 1, 2, 3, 4, float("inf")])
        self.check(
            (TypeError, "takes a tensor, and this is a ndarray", lambda: wrapped()(X.numpy())),
            (TypeError, "takes a tensor, and this is a list", lambda: wrapped()([[1.0]])),
            (TypeError, "x_time is a str", lambda: wrapped()(X, "now")),
            (ValueError, "must be finite: time 5 is inf", lambda: wrapped()(X, late)),
        )
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            with self.assertRaises(ValueError):
                wrapped()(X, late)

    def test_method_and_memory_of_all_calls(self):
        """As the pages of spikeDE have them; what a call names comes first."""
        readout = ft.ReadoutNeuron(tau=2.0)
        net, plain = wrapped(readout, method="l1", memory=3), wrapped(readout)
        y = plain(X, method="l1", options={"memory": 3})
        self.assertTrue(torch.equal(net(X), y))
        self.assertFalse(torch.equal(plain(X, method="l1"), y))
        for options in {"memory": -1}, {"tolerance": 1e-6}:
            given = net(X, method="gl", options=options)
            self.assertTrue(torch.equal(given, plain(X, options=options)))

    def test_a_layer_over_time_inside_is_said(self):
        _context._said.clear()
        with self.assertWarnsRegex(fsnn.NetWarning, "has a GRU, which walks along its first axis"):
            SNNWrapper(nn.Sequential(nn.GRU(3, 3), LIFNeuron()), "fdeint", alpha=0.7)

    def test_exports_are_refused(self):
        if not hasattr(torch, "export"):
            self.skipTest("torch has no export")
        with self.assertRaisesRegex(NotImplementedError, "to_net"):
            torch.export.export(wrapped(), (X,))

    def test_a_remark_is_at_the_line_of_the_program(self):
        _context._said.clear()
        with self.assertWarns(fsnn.NetWarning) as caught:
            wrapped()(X, options={"step_size": 0.1})
        self.assertEqual(caught.filename, __file__)
        _context._said.clear()
        place = os.path.dirname(torch.__file__) + "vision/program.py"  # no part of torch
        program = compile("net(X, options={'step_size': 0.1})", place, "exec")
        with self.assertWarns(fsnn.NetWarning) as caught:
            exec(program, {"net": wrapped(), "X": X})
        self.assertEqual(caught.filename, place)


class Neurons(OfOneKind):
    def test_options(self):
        self.check(
            (TypeError, 'did you mean "surrogate_opt"', lambda: LIFNeuron(surrogate="arctan")),
            (TypeError, 'did you mean "surrogate_grad_scale"', lambda: LIFNeuron(surrogate_scale=2.0)),
            (TypeError, 'did you mean "refractory"', lambda: LIFNeuron(refractry=1)),
            (TypeError, r"wrapper has it: SNNWrapper\(module, alpha", lambda: LIFNeuron(alpha=0.5)),
            (ValueError, 'did you mean "arctan"', lambda: LIFNeuron(surrogate_opt="arctn")),
            (TypeError, "surrogate_opt is 3", lambda: LIFNeuron(surrogate_opt=3)),
            (ValueError, "surrogate_grad_scale is -1", lambda: LIFNeuron(surrogate_grad_scale=-1)),
            (TypeError, "surrogate_grad_scale is 'a'", lambda: LIFNeuron(surrogate_grad_scale="a")),
            (ValueError, '^LIFNeuron: reset: .*mean "subtract"', lambda: LIFNeuron(reset="substract")),
            (ValueError, "^QIFNeuron: refractory: ", lambda: ft.QIFNeuron(refractory=-1)),
        )  # fmt: skip

    def test_forwards_that_give_something_else(self):
        def neuron(rule):
            return type("Own", (ft.BaseNeuron,), {"forward": rule})(tau=2.0)

        cases = (
            (TypeError, r"\(Own\) gave a Tensor: it gives \(dv_dt, spike\)", lambda s, v, i: -v),
            (TypeError, r"dv_dt .* is a tensor of shape \[\]", lambda s, v, i: (v.sum(), v)),
            (TypeError, "spike .* is a float", lambda s, v, i: (i - v, 1.0)),
            (KeyError, "own", lambda s, v, i: {}["own"]),
        )
        for kind, pattern, rule in cases:
            with self.subTest(pattern=pattern), warnings.catch_warnings():
                warnings.simplefilter("error", fsnn.NetWarning)  # that it runs slowly is not said
                with self.assertRaisesRegex(kind, pattern):
                    wrapped(neuron(rule))(X)
        with self.assertRaisesRegex(NotImplementedError, "has no forward"):
            wrapped(type("Bare", (ft.BaseNeuron,), {})())(X)

    def test_what_is_compared_is_said(self):
        class Compares(ft.BaseNeuron):
            def forward(self, v_mem, current_input=None):
                dv = (current_input - v_mem) * (v_mem > 0)
                return dv, self.surrogate_f(v_mem - self.threshold)

        _context._said.clear()
        with self.assertWarnsRegex(fsnn.NetWarning, "because it compares numbers"):
            wrapped(Compares(tau=2.0))(X)


class Names(OfOneKind):
    def test_imports(self):
        def imports(line):
            return lambda: exec(line, {})

        self.check(
            (ImportError, 'did you mean "LIFNeuron"', imports("from fsnn.torch import LIFNeuronn")),
            (ImportError, "it is LIFNeuron here", imports("from fsnn.torch import Leaky")),
            (ImportError, "it is in fsnn.torch", imports("from fsnn import SNNWrapper")),
            (ImportError, 'did you mean "Net"', imports("from fsnn import Nett")),
            (
                ImportError,
                "nothing is rewr",
                imports("from fsnn.torch.odefunc import ODEFuncFromFX"),
            ),
            (ImportError, "fde_solve", imports("from fsnn.torch.solver import gl_integrate_tuple")),
            (AttributeError, 'did you mean "SNNWrapper"', lambda: ft.SNNWraper),
            (AttributeError, 'did you mean "Net"', lambda: fsnn.Nett),
        )
        self.assertFalse(hasattr(ft, "SNN") or hasattr(fsnn, "SNN"))
        for name, module in ("interpolate", "odefunc"), ("SNNWrapper", "snn"):
            found = importlib.import_module(f"fsnn.torch.{module}")
            self.assertIs(getattr(found, name), getattr(ft, name))


main()
