"""A model of the cost of networks of linear layers with LIF, fitted to rows of `fsnn bench grid`."""
