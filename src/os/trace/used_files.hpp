#pragma once

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>

#include "model/trace.hpp"
#include "os/trace/digests.hpp"
#include "os/trace/tracer.hpp"

namespace perfwarden::os {

// UsedFiles notes what a traced program uses, as its system calls begin. Each path costs a look at the file; contents
// are read only after the run, where the file is still the one that was seen.
class UsedFiles final : public TraceListener {
 public:
  // `side`: the folder that k_side_folder stands for; what was only looked at gets a digest there too.
  UsedFiles(std::string side, Digests& digests);

  void executed(pid_t thread) override;
  [[nodiscard]] bool enters(pid_t thread, const SystemCall& call) override;
  // To be called once, when all has ended.
  [[nodiscard]] Trace take();

 private:
  struct Path {
    std::uint64_t folder = 0;  // descriptor
    std::uint64_t address = 0;
  };
  enum class Links { followed, themselves };

  void opens(pid_t thread, const Path& path, std::uint64_t flags);
  void looks(pid_t thread, const Path& path, Links links);
  void lists(pid_t thread, std::uint64_t descriptor);
  void maps(pid_t thread, const SystemCall& call);
  void talks(pid_t thread, std::uint64_t address);
  void connects(pid_t thread, std::uint64_t address);
  void notes_program(pid_t thread);
  void note_mapped(const std::string& path);
  void gives_up(const std::string& why);

  [[nodiscard]] std::string absolute(pid_t thread, const Path& path);
  // nullptr when it is of no interest.
  TracedFile* find_or_add(const std::string& path, Links links);
  [[nodiscard]] TracedFile first_look(const std::string& path, Links links) const;
  void finish(TracedFile& file);

  std::string side_;
  Digests& digests_;
  std::int64_t started_ns_;
  Trace trace_;
  std::map<std::string, TracedFile> files_;
  std::unordered_map<std::string, TracedFile*> seen_;  // by the path as the program built it
  std::size_t path_bytes_ = 0;
};

}  // namespace perfwarden::os
