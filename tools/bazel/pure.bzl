"""Libraries that only think: same inputs, same outputs."""

load("@rules_cc//cc:defs.bzl", "cc_library")

def pure_cc_library(name, tags = [], **kwargs):
    """A cc_library without I/O, clock, threads or global randomness.

    Args:
      name: the target; also to be listed in //tests/layering.
      tags: further tags; "pure" is added.
      **kwargs: as for cc_library.
    """
    cc_library(
        name = name,
        tags = tags + ["pure"],
        **kwargs
    )
