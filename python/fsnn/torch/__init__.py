"""The neurons as modules of PyTorch."""
