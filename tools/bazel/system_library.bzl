"""A repository rule that gives a Debian library the label it has elsewhere.

Headers come from the compiler's own search path; this rule only supplies the
link line, asked from pkg-config, so one BUILD label stands for one library.
"""

def _link_flags(ctx, packages):
    if not packages:
        return []
    result = ctx.execute(["pkg-config", "--libs"] + packages)
    if result.return_code != 0:
        fail("pkg-config does not know %s; run tools/setup first: %s" %
             (" ".join(packages), result.stderr))
    return [flag for flag in result.stdout.strip().split(" ") if flag]

def _system_library_impl(ctx):
    lines = ["package(default_visibility = [\"//visibility:public\"])"]
    packages = {}
    for label, spec in ctx.attr.targets.items():
        package, _, name = label.rpartition(":")
        if ":" not in label:
            package, name = label, label.split("/")[-1]
        packages.setdefault(package, []).append((name, spec))
    for package, entries in packages.items():
        text = list(lines)
        for name, spec in entries:
            words = [word for word in spec.split(" ") if word]
            modules = [word for word in words if not word.startswith("-")]
            flags = [word for word in words if word.startswith("-")]
            text.append("cc_library(name = \"%s\", linkopts = %s)" %
                        (name, repr(flags + _link_flags(ctx, modules))))
        path = package + "/BUILD.bazel" if package else "BUILD.bazel"
        ctx.file(path, "\n".join(text) + "\n")

system_library = repository_rule(
    implementation = _system_library_impl,
    attrs = {
        # "folder:name" -> pkg-config modules and extra linker flags.
        "targets": attr.string_dict(mandatory = True),
    },
    environ = ["PKG_CONFIG_PATH"],
    local = True,
)
