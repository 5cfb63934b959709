"""The gateway: sockets in and out, fan-out, and the sequencer of each room it leads."""
