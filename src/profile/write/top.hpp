#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "model/profile.hpp"

namespace perfwarden::profile {

// A TopRow is one function: every frame of its name, inlined or not.
struct TopRow {
  std::string name;               // hostile text
  double self = 0;                // of stacks that end in it
  double total = 0;               // of stacks that it is in, each once
  std::string_view inline_label;  // "(inline)": wherever it was called, "(partial-inline)": in places; else empty
};

// The Top is a profile by functions, as `go tool pprof -top` has it: by self, then name.
struct Top {
  std::size_t type = 0;       // of the profile's
  double total = 0;           // sum of absolute costs
  double shown = 0;           // self of the rows
  double cutoff = 0;          // functions of a smaller total are dropped …
  std::size_t dropped = 0;    // … this many
  std::size_t functions = 0;  // that the cutoff kept; more than rows when a number of rows was asked for
  std::vector<TopRow> rows;
};

struct TopOptions {
  std::size_t type = 0;
  std::size_t count = 0;    // the most rows; 0: all that the cutoff keeps
  double fraction = 0.005;  // of the total, below which a function is dropped; pprof's
};

[[nodiscard]] Top make_top(const Profile& profile, const TopOptions& options);

// As pprof prints it, with those lines of the heading that the profile has. Hostile names are made safe for a terminal.
[[nodiscard]] std::string write_top_text(const Profile& profile, const Top& top);
[[nodiscard]] std::string write_top_json(const Profile& profile, const Top& top);

// The sample type of that name, or the profile's default when it is empty. Error (usage) with those there are.
[[nodiscard]] Result<std::size_t> find_type(const Profile& profile, std::string_view name);

}  // namespace perfwarden::profile
