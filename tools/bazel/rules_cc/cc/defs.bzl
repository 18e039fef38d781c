"""Forwards rules_cc's names to the native rules of Bazel 4.

Debian's rules_cc package does not load under Debian's Bazel; BUILD files load
from here as they would anywhere, and nothing but this file changes the day a
newer pair is used.
"""

cc_library = native.cc_library
cc_binary = native.cc_binary
cc_test = native.cc_test
cc_import = native.cc_import
cc_toolchain = native.cc_toolchain
cc_toolchain_suite = native.cc_toolchain_suite
