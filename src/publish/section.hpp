#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "model/config.hpp"
#include "model/report.hpp"
#include "publish/post.hpp"

namespace perfwarden::publish {

// A Marker is the invisible line below a section of our comment. By it we find the section again, and know what may be
// written over it: <!-- perfwarden:v2 key=<16 hex digits> part=<16 hex digits> head=<sha or none> run=<id>.<attempt>
// state=<ok, fails or old> -->
struct Marker {
  std::string key;   // 16 hex digits over workflow, job and leg: one comment for each
  std::string part;  // 16 hex digits over suites, machine, and when it was measured: one section for each report
  std::string head;  // commit; empty when unknown
  std::uint64_t run_id = 0;
  std::uint64_t run_attempt = 0;
  bool fails = false;
  bool old = false;  // folded away: about a commit that its job has not followed

  [[nodiscard]] std::string line() const;  // without a line end
  // Whether the other one comes from a later run, so that this one must not replace it.
  [[nodiscard]] bool older_than(const Marker& other) const;
  [[nodiscard]] bool same_run(const Marker& other) const {
    return run_id == other.run_id && run_attempt == other.run_attempt;
  }
  friend bool operator==(const Marker&, const Marker&) = default;
};

[[nodiscard]] Marker marker_of(const Report& report);

// Whether the report is bad news: a broken limit or a failed benchmark, in a run that enforces. Doubt is not.
[[nodiscard]] bool fails(const Report& report);

// A Section is what one report says, in a comment that holds one section for each report of a run of a job.
struct Section {
  std::string text;  // trimmed Markdown
  Marker marker;
};

// The sections of one of our comments; empty for any other text, also for one in which a marker of ours is not the last
// line.
[[nodiscard]] std::vector<Section> read_sections(std::string_view body);

// What the comment holds when `ours` is put into it: the other sections of the same run stay, those of earlier runs go.
// The one that fails comes first.
[[nodiscard]] std::vector<Section> with_section(std::vector<Section> before, Section ours);

// The comment, in at most `limit` characters if that is possible by folding sections other than `part` to their first
// lines.
[[nodiscard]] std::string write_sections(const std::vector<Section>& sections, std::string_view part,
                                         std::size_t limit);

// Characters that write_sections adds to the text of a section.
[[nodiscard]] std::size_t overhead(const Marker& marker);

// Whether a comment is worth it where none stands yet.
[[nodiscard]] bool has_something_to_say(const Report& report, CommentWhen when);

inline constexpr std::size_t k_careful_characters = 16'000;  // below GitHub's limit of 65 536 in bytes too

// The comment that holds the report as our section, beside those of the same run that stand there already.
[[nodiscard]] Result<std::string> body_with(const Post& post, const Marker& ours, std::vector<Section> before,
                                            std::size_t max_characters);

}  // namespace perfwarden::publish
