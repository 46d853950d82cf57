#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "identity/image.hpp"

// Everything that one side ran, as lists, compared with the other side: is the pull request's benchmark the same
// program?
namespace perfwarden::identity {

// A file that a run opened, mapped, executed, listed or looked for.
struct FileUse {
  std::string path = {};  // absolute, but the top of the side's own checkout is written as k_side_top
  std::string digest =
      {};  // of its content, or of a folder's listing; the same text on both sides for what was not found
  bool is_image = false;  // executed, or mapped for execution: may be equivalent although its digest differs
};

// What stands for the top of a side's checkout in paths, arguments and environment, so that equal texts mean the same.
inline constexpr std::string_view k_side_top = "{side}";

// One traced warm-up of one side.
struct TracedRun {
  std::vector<std::string> arguments = {};
  std::vector<std::string> environment = {};  // NAME=value, in any order
  std::vector<FileUse> files = {};            // in any order; the same path twice is two versions of it
  bool used_network = false;
  std::string not_known = {};  // why the trace is not complete: "ptrace is not permitted here"; empty when it is
};

// `base_top` and `head_top`: the tops of the sides' checkouts, without links. Compilers write them into programs
// (`__FILE__` in an assert), and tools into scripts. Where both are of one length, base's stands for head's in the
// content of files that differ, as k_side_top does in their paths. Empty: content is compared as it is.
struct ProgramOptions {
  ImageOptions images = {};
  std::string base_top = {};
  std::string head_top = {};
};

enum class Side { base, head };
// Returns the bytes of a file that a side used, by `FileUse::path`; they must live until compare_programs returns.
using FileBytes = std::function<Result<std::string_view>(Side, const std::string& path)>;

struct ComparedImage {
  std::string path = {};
  ImageComparison comparison = {};
};

struct ProgramComparison {
  Sameness sameness = Sameness::not_known;
  std::vector<std::string> reasons = {};   // as in ImageComparison, of all files: "{side}/data.json differs"
  std::vector<ComparedImage> images = {};  // those whose bytes differ
  bool only_images_differ = true;          // arguments, environment and all other files are equal, and all is known
  [[nodiscard]] bool is_same() const { return sameness <= Sameness::equivalent; }
};

[[nodiscard]] ProgramComparison compare_programs(const TracedRun& base, const TracedRun& head, const FileBytes& bytes,
                                                 const ProgramOptions& options = {});

}  // namespace perfwarden::identity
