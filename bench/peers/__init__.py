"""What bench/peers.py is made of: networks of each library, a process for each, the table."""
