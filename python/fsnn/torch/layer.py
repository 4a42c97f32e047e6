"""Layers beside the neurons."""

from __future__ import annotations

import torch

from ._context import running


class VotingLayer(torch.nn.Module):
    """The mean of each group of `voting_size` neighbours: [..., classes * voting_size] ->
    [..., classes]. What is left over is an error, or with `strict=False` not counted. The
    description has it as `voting`."""

    def __init__(self, voting_size: int = 10, strict: bool = True) -> None:
        super().__init__()
        self.voting_size, self.strict = voting_size, strict

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        over = x.shape[-1] % self.voting_size
        if over and self.strict:
            raise ValueError(
                f"VotingLayer got {x.shape[-1]} voters: their number must be a multiple of "
                f"{self.voting_size}"
            )
        x = x[..., : x.shape[-1] - over]
        return x.unflatten(-1, (-1, self.voting_size)).mean(dim=-1)


class ClassificationHead(torch.nn.Module):
    """The mean over patches, a linear layer, the mean over time: [T, B, embed_dims, patches] ->
    [B, num_classes]; without classes (0) [B, embed_dims].

    Inside of an `SNNWrapper`, where time is folded into the batch, it takes [T*B, embed_dims,
    patches], and the wrapper gives what it gives, without an axis of time.
    """

    def __init__(self, embed_dims: int, num_classes: int) -> None:
        super().__init__()
        self.embed_dims, self.num_classes = embed_dims, num_classes
        self.head: torch.nn.Module = torch.nn.Identity()
        if num_classes > 0:
            self.head = torch.nn.Linear(embed_dims, num_classes)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.head(x.mean(-1))
        call = running()
        if call is None:
            return x.mean(0)
        call.averaged.append(self)
        return x.unflatten(0, (call.steps, -1))[:: call.substeps].mean(0)
