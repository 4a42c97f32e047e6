"""Names of spikeDE that have no counterpart here, and what to take in their place."""

from __future__ import annotations

_REWRITTEN = (
    "nothing is rewritten here: SNNWrapper runs the module as it is, with time folded into the "
    "batch"
)
_SOLVER = (
    "SNNWrapper solves, net(x, x_time, method='gl', ...); for a right-hand side of your own there "
    "is fsnn.fde_solve"
)
_ADJOINT = (
    "gradients are exact without an adjoint; fsnn.Net.wrap(..., checkpoint='auto') saves the memory"
)
ELSEWHERE = {
    "SNN": "write a torch.nn.Module with neurons inside and wrap it: SNNWrapper(module)",
    "ODEFuncFromFX": _REWRITTEN,
    "SNNLeafTracer": _REWRITTEN,
    "symbolic_trace_leaf_neurons": _REWRITTEN,
    "remove_dead_code": _REWRITTEN,
    "ShapeRecorder": "shapes follow from the input",
    "BoundaryShapeRecorder": "shapes follow from the input",
    "requires_initialization": "shapes follow from the input",
    "PerLayerAlphaConfig": "SNNWrapper takes alpha, multi_coefficient and what of them is learned",
    "PerLayerAlphaInfo": "SNNWrapper takes alpha, multi_coefficient and what of them is learned",
    "get_integrator": "SNNWrapper(module, integrator='fdeint') or 'odeint'",
    "euler_integrate_tuple": _SOLVER,
    "gl_integrate_tuple": _SOLVER,
    "glmethod_multiterm_integrate_tuple": _SOLVER,
    "l1_integrate_tuple": _SOLVER,
    "pred_integrate_tuple": _SOLVER,
    "trap_integrate_tuple": _SOLVER,
    "snn_solve": _SOLVER,
    "step_dynamics": "LIFNeuron_OrderOne is the discrete neuron, in every SNNWrapper",
    "FDEAdjointMethod": _ADJOINT,
    "fdeint_adjoint": _ADJOINT,
}

# Names of other libraries of spiking networks.
NEIGHBOURS = {
    "Leaky": "LIFNeuron",
    "LIF": "LIFNeuron",
    "LIFCell": "LIFNeuron",
    "LIFNode": "LIFNeuron",
    "ParametricLIFNode": "LIFNeuron(tau_learnable=True)",
    "IF": "IFNeuron",
    "IFNode": "IFNeuron",
    "Synaptic": "CubaLIFNeuron",
}
ELSEWHERE |= {name: f"it is {ours} here" for name, ours in NEIGHBOURS.items()}
