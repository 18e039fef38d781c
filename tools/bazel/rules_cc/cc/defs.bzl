"""Forwards rules_cc's names to the native rules of Bazel 4.

Debian's rules_cc package does not load under Debian's Bazel; BUILD files load
from here as they would anywhere, and nothing but this file changes the day a
newer pair is used. Compiled targets also begin with the precompiled header of
their floor (pch/), which halves what a build costs; whatever a file needs it
still includes itself. A target tagged no-pch goes without.
"""

# Floors whose files must not even be offered messages, or gRPC.
_PLAIN = ("storage", "proto/types", "tests/storage", "tests/support", "tests/proto", "tests/golden")
_MESSAGES = ("metadata", "proto", "controller/planner", "controller/active", "controller/quorum", "broker/replica", "tests/fuzz", "tests/metadata", "tests/sim")

def _is_below(package, folders):
    for folder in folders:
        if package == folder or package.startswith(folder + "/"):
            return True
    return False

def _with_header(attributes, suffix = ""):
    """The attributes, beginning with the precompiled header of the package."""
    if not attributes.get("srcs") or "no-pch" in attributes.get("tags", []):
        return attributes
    package = native.package_name()
    name = "rpc"
    if _is_below(package, _PLAIN):
        name = "plain"
    elif _is_below(package, _MESSAGES):
        name = "messages"
    name += suffix
    attributes["copts"] = ["-include", "$(BINDIR)/external/rules_cc/cc/pch/%s.h" % name] + attributes.get("copts", [])
    attributes["deps"] = attributes.get("deps", []) + ["@rules_cc//cc/pch:" + name]
    return attributes

def cc_library(**kwargs):
    native.cc_library(**_with_header(kwargs))

def cc_binary(**kwargs):
    native.cc_binary(**_with_header(kwargs))

def cc_test(**kwargs):
    native.cc_test(**_with_header(kwargs, "_test"))

cc_import = native.cc_import
cc_toolchain = native.cc_toolchain
cc_toolchain_suite = native.cc_toolchain_suite
