"""Layers beside the neurons."""

from __future__ import annotations

import torch


class VotingLayer(torch.nn.Module):
    """The mean of each group of `voting_size` neighbours: [..., classes * voting_size] ->
    [..., classes]. The description has it as `voting`."""

    def __init__(self, voting_size: int = 10) -> None:
        super().__init__()
        self.voting_size = voting_size

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if x.shape[-1] % self.voting_size:
            raise ValueError(
                f"VotingLayer got {x.shape[-1]} voters: their number must be a multiple of "
                f"{self.voting_size}"
            )
        return x.unflatten(-1, (-1, self.voting_size)).mean(dim=-1)
