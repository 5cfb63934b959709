"""The simulated provider: another company's system that happens to run beside us. It misbehaves on purpose."""
