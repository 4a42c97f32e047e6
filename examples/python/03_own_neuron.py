"""A neuron of one's own, written in PyTorch, at the speed of C."""

# %% A rule: the derivative of the potential, and the spike
import torch
from fsnn.torch import SNNWrapper
from fsnn.torch.neuron import BaseNeuron
from torch import nn


class LeakFallsOff(BaseNeuron):
    """tau D^alpha v = -v sigmoid(3 v) + gain I, with a gain that is learned."""

    def __init__(self, **options):
        super().__init__(**options)
        self.gain = nn.Parameter(torch.tensor(1.0))

    def forward(self, v_mem, current_input):
        if current_input is None:
            return v_mem
        tau = self.get_tau()
        dv = (-v_mem * torch.sigmoid(3 * v_mem) + self.gain * current_input) / tau
        spike = self.surrogate_f(v_mem + dv - self.threshold, self.surrogate_grad_scale)
        return dv - spike.detach() * self.threshold / tau, spike


# %% The rule is run once on symbols and becomes an equation: nothing is said of torch
neuron = LeakFallsOff(tau=2.0)
model = nn.Sequential(nn.Linear(8, 32), neuron, nn.Linear(32, 2))
net = SNNWrapper(model, integrator="fdeint", alpha=0.8)

# %% Which half of the inputs is larger?
torch.manual_seed(0)
x = torch.rand(256, 8)
y = (x[:, :4].sum(1) > x[:, 4:].sum(1)).long()
current = 2 * x.expand(12, 256, 8)  # [T, B, inputs]

optimizer = torch.optim.Adam(net.parameters(), lr=0.02)
for epoch in range(30):
    output = net(current).mean(dim=0)
    loss = nn.functional.cross_entropy(output, y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
accuracy = (output.argmax(1) == y).float().mean().item()
print(f"loss {loss.item():.3f}, accuracy {accuracy:.3f}, gain {neuron.gain.item():.3f}")
assert accuracy > 0.9 and neuron.gain.item() != 1.0
