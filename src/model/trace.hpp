#pragma once

#include <algorithm>
#include <compare>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace perfwarden {

// A FileSignature is what the kernel says about a file without reading it. Its times of change cannot be set by a
// program, so two equal ones mean one unchanged file.
struct FileSignature {
  std::uint64_t device = 0, inode = 0, bytes = 0;
  std::int64_t modified_ns = 0, changed_ns = 0;  // since 1970
  friend bool operator==(const FileSignature&, const FileSignature&) = default;
};

// A TracedFile is one path that a run looked at.
struct TracedFile {
  enum class Kind {
    missing,
    file,
    folder,
    link,
    other
  };                          // other: devices, pipes, sockets, and all below /proc and /sys
  std::string path;           // absolute; without links, unless Kind::link (looked at itself) or Kind::missing
  Kind kind = Kind::missing;  // when it was first seen
  bool read = false;  // opened for reading, executed or mapped; of a folder: opened, so that it may have been listed
  bool executed = false;      // mapped with the right to execute
  bool written = false;       // opened for writing
  bool made = false;          // by this run, before it was first read: an output
  bool changed = false;       // between its first reading and the end of this run
  FileSignature signature{};  // when it was first seen
  // SHA-256 of a file's bytes, of a folder's names, of what a link points to; empty when it was not asked for, is not
  // known, or the run made or changed it.
  std::string digest{};
  friend bool operator==(const TracedFile&, const TracedFile&) = default;
};

// A TracedProgram is one program that was executed.
struct TracedProgram {
  std::string path;
  // With the side's own folder replaced by k_side_folder, so that those of both sides can be compared.
  std::vector<std::string> arguments;
  std::map<std::string, std::string> environment;  // name → SHA-256 of the value
  friend bool operator==(const TracedProgram&, const TracedProgram&) = default;
};
inline constexpr std::string_view k_side_folder = "{side}";

// A Trace is what one run of a benchmark, with all its processes, was seen to use.
struct Trace {
  std::vector<TracedFile> files;        // by path
  std::vector<TracedProgram> programs;  // in the order in which they were started
  bool network = false;                 // it used IP, or a socket of another program
  bool generated_code = false;          // it executed code that is in no file (a JIT compiler)
  std::string not_known;                // why the lists are not complete, in a sentence; empty = they are

  [[nodiscard]] const TracedFile* find(std::string_view path) const {
    const auto found =
        std::lower_bound(files.begin(), files.end(), path,
                         [](const TracedFile& file, std::string_view wanted) { return file.path < wanted; });
    return found != files.end() && found->path == path ? &*found : nullptr;
  }
};

// A FunctionEntry is the first instruction of a function: its address in an ELF image, as linked.
struct FunctionEntry {
  std::string image;  // path
  std::uint64_t address = 0;
  friend auto operator<=>(const FunctionEntry&, const FunctionEntry&) = default;  // NOLINT(modernize-use-nullptr)
};

// EnteredFunctions are those of the watched ones that a run entered at least once.
struct EnteredFunctions {
  std::set<FunctionEntry> entered;
  std::string not_known;  // why some may be missing, in a sentence; empty = none is
};

}  // namespace perfwarden
