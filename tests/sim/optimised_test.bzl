"""A test whose program is built with -c opt, however the rest is built.

Simulation is bounded by the processor: a seed costs several times as much
without optimisation.
"""

def _optimise_impl(_settings, _attr):
    return {"//command_line_option:compilation_mode": "opt"}

_optimise = transition(
    implementation = _optimise_impl,
    inputs = [],
    outputs = ["//command_line_option:compilation_mode"],
)

def _optimised_test_impl(ctx):
    # A list, since a transition may have several outcomes.
    program = ctx.attr.program[0][DefaultInfo]
    script = ctx.actions.declare_file(ctx.label.name)
    ctx.actions.write(
        output = script,
        content = "#!/usr/bin/env bash\nexec %s %s\n" % (
            program.files_to_run.executable.short_path,
            " ".join(ctx.attr.words),
        ),
        is_executable = True,
    )
    return [DefaultInfo(
        executable = script,
        runfiles = ctx.runfiles(
            files = [program.files_to_run.executable],
        ).merge(program.default_runfiles),
    )]

optimised_test = rule(
    implementation = _optimised_test_impl,
    doc = "Runs `program`, a cc_binary, built with -c opt, with `words`.",
    attrs = {
        "program": attr.label(mandatory = True, cfg = _optimise),
        "words": attr.string_list(doc = "What the program is called with."),
        "_allowlist_function_transition": attr.label(
            default = "@bazel_tools//tools/allowlists/function_transition_allowlist",
        ),
    },
    test = True,
)
