#include "identity/program.hpp"

#include <algorithm>
#include <cctype>
#include <map>
#include <optional>
#include <set>

#include <fmt/format.h>

namespace perfwarden::identity {
namespace {

bool continues_a_name(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-' || c == '.';
}

// The bytes with another top folder; nullopt when they do not name it, or when the other is not as long, so that what
// follows would move.
std::optional<std::string> with_top(std::string_view bytes, std::string_view top, std::string_view other) {
  if (top.empty() || top.size() != other.size() || top == other) return std::nullopt;
  std::optional<std::string> out;
  for (std::size_t at = bytes.find(top); at != bytes.npos; at = bytes.find(top, at + top.size())) {
    const std::size_t end = at + top.size();
    if (end < bytes.size() && continues_a_name(bytes[end])) continue;
    if (!out) out.emplace(bytes);
    out->replace(at, top.size(), other);
  }
  return out;
}

class ProgramJudge {
 public:
  ProgramJudge(const FileBytes& bytes, const ProgramOptions& options) : bytes_(bytes), options_(options) {}

  void say(Sameness sameness, std::string reason) {
    result_.only_images_differ = false;
    note(sameness, std::move(reason));
  }

  void compare_words(std::vector<std::string> base, std::vector<std::string> head) {
    std::sort(base.begin(), base.end());
    std::sort(head.begin(), head.end());
    std::set<std::string> names;
    std::vector<std::string> one_sided;
    std::set_symmetric_difference(base.begin(), base.end(), head.begin(), head.end(), std::back_inserter(one_sided));
    for (const auto& word : one_sided) names.insert(word.substr(0, word.find('=')));
    for (const auto& name : names) say(Sameness::differs, fmt::format("environment variable {} differs", name));
  }

  void compare_file(const std::string& path, const std::vector<FileUse>& base, const std::vector<FileUse>& head) {
    const auto digests = [](const std::vector<FileUse>& uses) {
      std::set<std::string> all;
      for (const auto& use : uses) all.insert(use.digest);
      return all;
    };
    const auto of_base = digests(base);
    const auto of_head = digests(head);
    if (of_base == of_head) {
      // A version that changed while the run read it proves nothing about the next run.
      if (of_base.size() > 1) say(Sameness::not_known, fmt::format("{} changed while it was used", path));
      return;
    }
    if (of_base.size() != 1 || of_head.size() != 1) return say(Sameness::differs, fmt::format("{} differs", path));
    const auto is_image = [](const FileUse& use) { return use.is_image; };
    compare_content(path,
                    std::all_of(base.begin(), base.end(), is_image) && std::all_of(head.begin(), head.end(), is_image));
  }

  [[nodiscard]] ProgramComparison finish() { return std::move(result_); }

 private:
  void note(Sameness sameness, std::string reason) {
    result_.sameness = std::max(result_.sameness, sameness);
    if (result_.reasons.size() < k_max_reasons) result_.reasons.push_back(std::move(reason));
  }

  // A file of one side that cannot be read (it is missing there, or a folder) differs.
  void compare_content(const std::string& path, bool is_image) {
    const auto base = bytes_(Side::base, path);
    const auto head = bytes_(Side::head, path);
    if (!base || !head) {
      if (!is_image) return say(Sameness::differs, fmt::format("{} differs", path));
      const auto& error = base ? head.error() : base.error();
      return say(Sameness::not_known, fmt::format("{} could not be read: {}", path, error.what));
    }
    const auto as_of_base = with_top(*head, options_.head_top, options_.base_top);
    const std::string_view compared = as_of_base ? std::string_view(*as_of_base) : *head;
    if (as_of_base && compared == *base) return;
    if (!is_image) return say(Sameness::differs, fmt::format("{} differs", path));
    ComparedImage image{.path = path, .comparison = compare_images(*base, compared, options_.images)};
    result_.sameness = std::max(result_.sameness, image.comparison.sameness);
    for (const auto& reason : image.comparison.reasons) {
      note(image.comparison.sameness, fmt::format("{}: {}", path, reason));
    }
    result_.images.push_back(std::move(image));
  }

  const FileBytes& bytes_;
  const ProgramOptions& options_;
  ProgramComparison result_{.sameness = Sameness::identical};
};

std::map<std::string, std::vector<FileUse>> by_path(const TracedRun& run) {
  std::map<std::string, std::vector<FileUse>> files;
  for (const auto& use : run.files) files[use.path].push_back(use);
  return files;
}

}  // namespace

ProgramComparison compare_programs(const TracedRun& base, const TracedRun& head, const FileBytes& bytes,
                                   const ProgramOptions& options) {
  ProgramJudge judge(bytes, options);
  for (const auto* run : {&base, &head}) {
    if (!run->not_known.empty()) judge.say(Sameness::not_known, run->not_known);
    if (run->used_network) judge.say(Sameness::not_known, "the benchmark used the network");
  }
  if (base.files.empty() && head.files.empty()) judge.say(Sameness::not_known, "no file was seen in use");
  if (base.arguments != head.arguments) judge.say(Sameness::differs, "the arguments differ");
  judge.compare_words(base.environment, head.environment);
  const auto of_base = by_path(base);
  const auto of_head = by_path(head);
  for (const auto& [path, uses] : of_base) {
    const auto found = of_head.find(path);
    if (found == of_head.end()) {
      judge.say(Sameness::differs, fmt::format("only base used {}", path));
    } else {
      judge.compare_file(path, uses, found->second);
    }
  }
  for (const auto& [path, uses] : of_head) {
    if (!of_base.contains(path)) judge.say(Sameness::differs, fmt::format("only head used {}", path));
  }
  return judge.finish();
}

}  // namespace perfwarden::identity
