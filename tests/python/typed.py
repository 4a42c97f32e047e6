"""A program whose types are checked and which does not run: what editors and checkers know."""

import fsnn
import numpy as np
import torch
from fsnn.torch import IFNeuron, LIFNeuron, LIFNeuronFDE, SNNWrapper, interpolate, to_net
from fsnn.torch.neuron import BaseNeuron

model = torch.nn.Sequential(torch.nn.Linear(4, 4), LIFNeuron(tau=2.0), IFNeuron(), LIFNeuronFDE())
net = SNNWrapper(model, integrator="fdeint", alpha=[0.7, 0.5, 0.6], learn_alpha=[True, False, True])
y: torch.Tensor = net(torch.rand(3, 2, 4), [0.0, 1.0, 2.0], method="gl", options={"memory": -1})
orders: list[torch.Tensor] = net.get_per_layer_alpha()
between: torch.Tensor = interpolate(y, range(3), 0.5, "cubic")
converted: fsnn.Net = to_net(net, (4,))
output: np.ndarray = converted.forward(np.zeros((3, 2, 4)))


class Own(BaseNeuron):
    def forward(self, v_mem: torch.Tensor, current_input: torch.Tensor):
        dv = (-v_mem + current_input) / self.get_tau()
        return dv, self.surrogate_f(v_mem + dv - self.threshold)


LIFNeuron(tau="two")  # type: ignore[arg-type]
LIFNeuron(treshold=1.0)  # one of the options that every neuron takes: said when it runs
SNNWrapper(model, integrtor="fdeint")  # type: ignore[call-arg]
fsnn.Net(input=[4]).wrap("eight")  # type: ignore[arg-type]
