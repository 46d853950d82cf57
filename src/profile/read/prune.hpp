#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace re2 {
class RE2;
}

namespace perfwarden::profile {

// A FrameFilter selects the functions that a pprof profile asks to drop with everything that they call (drop_frames,
// keep_frames): allocators in a heap profile, signal handlers in a CPU profile.
class FrameFilter {
 public:
  FrameFilter();
  FrameFilter(FrameFilter&&) noexcept;
  FrameFilter& operator=(FrameFilter&&) noexcept;
  ~FrameFilter();
  // Patterns of whole names as RE2 reads them; an empty `drop` drops nothing. Error (parse) with what is wrong.
  [[nodiscard]] static Result<FrameFilter> make(std::string_view drop, std::string_view keep);
  [[nodiscard]] bool drops(std::string_view function) const;

 private:
  std::unique_ptr<re2::RE2> drop_, keep_;
};

// A function's name without its parameters and the dot that some ABIs set before it.
[[nodiscard]] std::string_view without_parameters(std::string_view function);

}  // namespace perfwarden::profile
