"""A fuzz target: a source with LLVMFuzzerTestOneInput and what it fuzzes.

Under --config=sanitize it is linked with libFuzzer and its test mutates the
corpus for some seconds; everywhere else its test runs corpus and regressions
once, in milliseconds.
"""

load("@rules_cc//cc:defs.bzl", "cc_binary")

def fuzz_target(name, deps):
    """NAME_fuzz, a program, and NAME_fuzz_test.

    Args:
      name: of the target; its source is NAME_fuzz.cc, its inputs lie in
        corpus/NAME and, when they once broke something, regressions/NAME.
      deps: what the source stands on.
    """
    cc_binary(
        name = name + "_fuzz",
        testonly = True,
        srcs = [name + "_fuzz.cc"],
        linkopts = select({
            ":fuzzer": ["-fsanitize=fuzzer"],
            "//conditions:default": [],
        }),
        deps = deps + [":fuzz_input"] + select({
            ":fuzzer": [],
            "//conditions:default": [":replay"],
        }),
    )
    inputs = native.glob([
        "corpus/" + name + "/*",
        "regressions/" + name + "/*",
    ])
    native.sh_test(
        name = name + "_fuzz_test",
        size = "medium",
        srcs = ["fuzz_test.sh"],
        args = [
            "$(location :%s_fuzz)" % name,
            name,
        ] + select({
            ":fuzzer": ["fuzz"],
            "//conditions:default": ["replay"],
        }),
        data = [":%s_fuzz" % name] + inputs,
    )
