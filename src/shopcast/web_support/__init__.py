"""HTTP helpers on Litestar, used by every */http. Knows the kernel's ports and no domain."""
