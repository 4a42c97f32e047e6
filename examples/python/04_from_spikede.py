"""Programs written for spikeDE: one import changes."""

# %% was: from spikeDE import SNNWrapper, LIFNeuron, IFNeuron
import torch
from fsnn.torch import IFNeuron, LIFNeuron, SNNWrapper
from fsnn.torch.neuron import BaseNeuron  # was: from spikeDE.neuron import BaseNeuron
from torch import nn

torch.manual_seed(0)

# %% Neurons
lif = LIFNeuron(tau=2.0, threshold=1.0, surrogate_opt="arctan", tau_learnable=False)
integrate = IFNeuron(tau=1.5, threshold=0.8, surrogate_opt="sigmoid", tau_learnable=True)
print(lif.get_tau(), integrate.get_tau().item())  # learning begins at the tau that is given


# %% A network, and its wrapper
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


model = MySNN()
net = SNNWrapper(model, integrator="fdeint", alpha=0.7)
net._set_neuron_shapes(input_shape=(1, 10))
with torch.no_grad():
    model.fc2.weight *= 5  # torch's first weights are too small for spikes to go on

# %% Time comes first; the solver's step is the spacing of x_time
x, x_time = 20 * torch.rand(16, 4, 10), torch.linspace(0, 15, 16)
spikes = net(x, x_time, method="gl", options={"memory": -1})
print(spikes.shape, "spikes:", int(spikes.sum()))
assert spikes.shape == (16, 4, 5) and spikes.sum() > 0

# %% An order for each layer, and orders that learn
net = SNNWrapper(
    MySNN(), integrator="fdeint", alpha=[0.5, 0.9], alpha_mode="per_layer", learn_alpha=True
)
net(x, x_time, method="gl").sum().backward()
gradients = [alpha.grad for alpha in net.get_per_layer_alpha()]
print("gradients of alpha:", gradients)
assert all(g is not None and torch.isfinite(g).all() for g in gradients)


# %% A neuron of one's own
class CustomNeuron(BaseNeuron):
    def forward(self, v_mem, current_input):
        if current_input is None:
            return v_mem
        tau = self.get_tau()
        dv_no_reset = (-(v_mem**2) + current_input) / tau
        spike = self.surrogate_f(v_mem + dv_no_reset - self.threshold, self.surrogate_grad_scale)
        return dv_no_reset - (spike.detach() * self.threshold) / tau, spike


own = SNNWrapper(nn.Sequential(CustomNeuron(tau=2.0)), integrator="fdeint", alpha=0.7)
assert own(2 * torch.rand(16, 4, 10)).sum() > 0
