"""Protocol Buffers through Debian's protoc and gRPC plugin.

`barnabas_proto(name = "x", src = "x.proto")` in a package below //proto gives
  :x_proto  messages            (what pure code may use)
  :x_grpc   service stubs       (only when has_service = True)
  :x_src    the .proto itself   (for other languages and tests)
"""

load("@rules_cc//cc:defs.bzl", "cc_library")

_ROOT = "proto"

def barnabas_proto(name, src, deps = [], has_service = False, visibility = None):
    """One .proto file: its messages, and its stubs if it has a service.

    Args:
      name: stem of the targets made.
      src: the .proto file, named by its path from //proto in imports.
      deps: labels of other barnabas_proto stems, e.g. "//proto/x:common".
      has_service: whether stubs are wanted.
      visibility: of all targets made.
    """
    stem = src[:-len(".proto")]
    folder = native.package_name()
    dep_sources = [dep + "_all_src" for dep in deps]
    native.filegroup(
        name = name + "_src",
        srcs = [src],
        visibility = visibility,
    )
    native.filegroup(
        name = name + "_all_src",
        srcs = [src] + dep_sources,
        visibility = visibility,
    )
    native.genrule(
        name = name + "_messages",
        srcs = [name + "_all_src"],
        outs = [stem + ".pb.h", stem + ".pb.cc"],
        cmd = "protoc -I%s -I/usr/include --cpp_out=$(GENDIR)/%s %s/%s" %
              (_ROOT, _ROOT, folder, src),
    )
    cc_library(
        name = name + "_proto",
        srcs = [stem + ".pb.cc"],
        hdrs = [stem + ".pb.h"],
        copts = ["-w"],
        strip_include_prefix = "/" + _ROOT,
        visibility = visibility,
        deps = [dep + "_proto" for dep in deps] + ["@com_google_protobuf//:protobuf"],
    )
    if has_service:
        native.genrule(
            name = name + "_stubs",
            srcs = [name + "_all_src"],
            outs = [stem + ".grpc.pb.h", stem + ".grpc.pb.cc"],
            # A service that overrides a callback method hides the synchronous
            # one, which strict warnings refuse; the stubs are not ours to fix.
            cmd = ("protoc -I%s -I/usr/include --plugin=protoc-gen-grpc=/usr/bin/grpc_cpp_plugin " +
                   "--grpc_out=$(GENDIR)/%s %s/%s && " +
                   "sed -i '1i #pragma GCC system_header' $(RULEDIR)/%s.grpc.pb.h") %
                  (_ROOT, _ROOT, folder, src, stem),
        )
        cc_library(
            name = name + "_grpc",
            srcs = [stem + ".grpc.pb.cc"],
            hdrs = [stem + ".grpc.pb.h"],
            copts = ["-w"],
            strip_include_prefix = "/" + _ROOT,
            visibility = visibility,
            deps = [
                name + "_proto",
                "@com_github_grpc_grpc//:grpc++",
            ] + [dep + "_proto" for dep in deps],
        )
