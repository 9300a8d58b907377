"""Every test runs with 64-bit types available, and with two devices to shard over, so that both are always tested."""

import os

os.environ["XLA_FLAGS"] = os.environ.get("XLA_FLAGS", "") + " --xla_force_host_platform_device_count=2"

import jax

jax.config.update("jax_enable_x64", True)
