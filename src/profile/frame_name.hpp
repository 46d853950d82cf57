#pragma once

#include <string>
#include <string_view>

namespace perfwarden::profile {

// The kind of a frame, from the annotation at the end of its name ("_[k]" …).
enum class FrameKind { user, kernel, jit, inlined, waker, interpreted, compiled };
[[nodiscard]] FrameKind kind_of(std::string_view name);
// The name without that annotation.
[[nodiscard]] std::string_view bare_name(std::string_view name);

// The function that a frame is of: the name without its annotation (but for the kernel's, whose functions are others),
// and without the line that was being executed, which py-spy writes after Python's functions.
[[nodiscard]] std::string function_of(std::string_view name);

// The key for matching functions whose names differ: the name without the parts that differ from build to build or
// run to run (addresses, clone suffixes of compilers, hashes of Rust symbols, numbers of lambdas, proxies, threads and
// processes, lines and columns of scripts). Never shown to people.
[[nodiscard]] std::string matching_key(std::string_view name);

// The package, crate, namespace, module or library of a frame, by its language's way of writing names ("net/http",
// "java.util", "serde_json", "std", "lodash", "requests"); "kernel" for kernel frames; the last part of `module` (what
// the frame was loaded from) where the name does not show it. Empty when unknown.
[[nodiscard]] std::string package_of(std::string_view name, std::string_view module);

}  // namespace perfwarden::profile
