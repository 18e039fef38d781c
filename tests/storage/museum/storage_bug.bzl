"""A program that is the bug hunt with one source of the storage broken.

The source is copied with one passage replaced, and linked before the library
that it comes from, so the linker takes the broken copy. Nothing of this is
seen in the storage itself.
"""

load("@rules_cc//cc:defs.bzl", "cc_binary")

def _broken_copy_impl(ctx):
    ctx.actions.expand_template(
        template = ctx.file.source,
        output = ctx.outputs.out,
        substitutions = {ctx.attr.find: ctx.attr.put},
    )

_broken_copy = rule(
    implementation = _broken_copy_impl,
    attrs = {
        "find": attr.string(mandatory = True),
        "out": attr.output(mandatory = True),
        "put": attr.string(),
        "source": attr.label(allow_single_file = True, mandatory = True),
    },
)

def storage_bug(name, source, find, put = ""):
    """A bug of the museum.

    Args:
      name: what is wrong, in words.
      source: label of the library with the bug; its source has its name.
      find: the passage that is replaced; museum_test fails if it is gone.
      put: what stands there instead.
    """
    _broken_copy(
        name = name + "_source",
        testonly = True,
        source = source + ".cc",
        find = find,
        put = put,
        out = name + ".cc",
    )
    cc_binary(
        name = name,
        testonly = True,
        srcs = [name + ".cc"],
        # A cut passage may leave a name unused.
        copts = ["-w"],
        linkstatic = True,
        deps = [
            ":hunt",
            source,
        ],
    )
