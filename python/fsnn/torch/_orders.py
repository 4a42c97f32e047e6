"""The fractional orders of a wrapper's layers: what users write, as terms of each layer."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from ._context import say_once


class _Unsaid(float):
    """A default that is told from the same number where users write it."""


HALF = _Unsaid(0.5)


def _lists(value: Any) -> Any:
    if isinstance(value, (torch.Tensor, np.ndarray)):
        return value.tolist()
    if isinstance(value, str):
        raise TypeError(f"{value!r} is no order: alpha is a number, a list, or a list of lists")
    return [_lists(v) for v in value] if isinstance(value, Sequence) else value


def _alphas(alpha: Any, coefficient: Any, count: int, mode: str) -> list[list[float]]:
    if alpha is None:
        raise TypeError("alpha is None: it is a number, a list, or a list of lists")
    if not isinstance(alpha, list):
        return [[float(alpha)]] * count
    if any(isinstance(a, list) for a in alpha):
        return [[float(t) for t in a] if isinstance(a, list) else [float(a)] for a in alpha]
    if mode == "auto" and coefficient is None:
        mode = "per_layer" if len(alpha) == count else "multiterm"
        meaning = "one order a layer" if mode == "per_layer" else "the terms of every layer"
        say_once(
            f"alpha {alpha} of a module with {count} neurons is read as {meaning}: "
            f"alpha_mode={mode!r} says so without this remark"
        )
    if mode == "per_layer":
        return [[float(a)] for a in alpha]
    return [[float(a) for a in alpha]] * count


def case_of(alpha: Any, coefficient: Any, count: int, mode: str) -> str:
    """spikeDE's name of how alpha is written: A_scalar, A (one a layer), B (the terms of every
    layer), C (terms of each)."""
    alpha = _lists(alpha)
    if not isinstance(alpha, list):
        return "A_scalar"
    if any(isinstance(a, list) for a in alpha):
        return "C"
    guess = "per_layer" if coefficient is None and len(alpha) == count else "multiterm"
    return "A" if (guess if mode == "auto" else mode) == "per_layer" else "B"


def _terms(given: Any, terms: int) -> list[float]:
    """The coefficients of one layer; None is 1, one number is that of every term."""
    if isinstance(given, list):
        return [float(c) for c in given]
    return [1.0 if given is None else float(given)] * terms


def _check(alphas: list[list[float]]) -> None:
    for layer, terms in enumerate(alphas):
        if not terms:
            raise ValueError(f"alpha of neuron layer {layer} has no terms: it has one or more")
        for a in terms:
            if not 0 < a <= 1:
                raise ValueError(
                    f"alpha of neuron layer {layer} is {a:g}: an order is above 0 and at most 1"
                )


def _read(
    alpha: Any, coefficient: Any, count: int, mode: str
) -> tuple[list[list[float]], list[list[float]]]:
    alpha, coefficient = _lists(alpha), _lists(coefficient)
    alphas = _alphas(alpha, coefficient, count, mode)
    if len(alphas) != count:
        raise ValueError(f"alpha has {len(alphas)} layers, and the module {count} neurons")
    if coefficient is None:
        return alphas, [[1.0] * len(a) for a in alphas]
    if not isinstance(coefficient, list):
        coefficient = [coefficient]
    of_layers = any(c is None or isinstance(c, list) for c in coefficient)
    each = coefficient if of_layers else [coefficient] * count
    if len(each) != count:
        raise ValueError(
            f"multi_coefficient has {len(each)} layers, and the module {count} neurons"
        )
    coefficients = [_terms(c, len(a)) for c, a in zip(each, alphas)]
    if [len(c) for c in coefficients] != [len(a) for a in alphas]:
        raise ValueError(
            f"multi_coefficient {coefficients} does not fit alpha {alphas}: each term has one "
            "coefficient"
        )
    return alphas, coefficients


def orders_of(
    alpha: Any, coefficient: Any, count: int, mode: str
) -> tuple[list[list[float]], list[list[float]]]:
    """alpha and coefficients as lists of terms, one list a layer."""
    alphas, coefficients = _read(alpha, coefficient, count, mode)
    _check(alphas)
    for layer, terms in enumerate(coefficients):
        for c in terms:
            if not math.isfinite(c):
                raise ValueError(f"multi_coefficient of neuron layer {layer} is {c}: no number")
    return alphas, coefficients


def without_effect(alpha: Any, coefficient: Any, learns: list[bool], weighs: list[bool]) -> None:
    """Says what was asked for and does nothing at integer order."""
    asked = {
        "alpha": not isinstance(alpha, _Unsaid) and _lists(alpha) not in (1, [1]),
        "multi_coefficient": coefficient is not None,
        "learn_alpha": any(learns),
        "learn_coefficient": any(weighs),
    }
    names = [name for name, given in asked.items() if given]
    if names:
        do = "do" if len(names) > 1 else "does"
        say_once(
            f"integrator odeint is of integer order: {', '.join(names)} {do} nothing here; "
            "SNNWrapper(..., integrator='fdeint') is of fractional order"
        )


def learned_of(name: str, learn: Any, count: int) -> list[bool]:
    """learn_alpha or learn_coefficient, for all layers or one a layer."""
    if not isinstance(learn, Sequence):
        return [bool(learn)] * count
    if len(learn) != count:
        raise ValueError(f"{name} has {len(learn)} layers, and the module {count} neurons")
    return [bool(one) for one in learn]


def held(values: list[list[float]], learned: list[bool]) -> Any:
    """One parameter a layer, or plain numbers where no layer learns them."""
    if not any(learned):
        return [list(v) for v in values]
    return torch.nn.ParameterList(
        torch.nn.Parameter(torch.tensor(v), requires_grad=learns)
        for v, learns in zip(values, learned)
    )


def terms_of(values: Any) -> Any:
    """The terms of a layer: a parameter that learns, else plain numbers."""
    if isinstance(values, torch.Tensor) and not values.requires_grad:
        return values.tolist()
    return values


def text_of(values: Any) -> str:
    """Terms for people to read."""
    learns = isinstance(values, torch.Tensor)
    numbers = values.tolist() if learns else values
    joined = ", ".join(f"{v:.4g}" for v in numbers)
    return f"{joined} (learned)" if learns else joined
