"""How XLA compiles in tests on JAX, here and in processes that tests start."""

# XLA optimizes for longer than tests of this size run, and its emitters, which
# fuse operations, take twice the time of plain loops for a single one. What it
# makes of the code with both, `tests.fuzz` tries. For `XLA_FLAGS`, which JAX
# reads once, as it starts.
QUICKLY = " ".join(
    [
        "--xla_backend_optimization_level=0",
        "--xla_cpu_use_fusion_emitters=false",
    ]
)
