#include "app/profile/comparison.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "app/profile/owners.hpp"
#include "base/hash.hpp"
#include "base/text.hpp"
#include "config/patterns.hpp"
#include "explain/hypotheses.hpp"
#include "explain/patterns.hpp"
#include "os/files/files.hpp"
#include "profile/draw/flame_graph.hpp"
#include "profile/write/folded.hpp"
#include "profile/write/speedscope.hpp"
#include "profile/write/summary.hpp"

namespace perfwarden::app {
namespace {

constexpr std::size_t k_most_name = 80;
constexpr std::size_t k_most_rules_bytes = std::size_t{1} << 20;

// One side's stacks, one a line. Names of frames cannot break out of their line.
std::string folded_side(const DiffTree& diff, std::size_t side) {
  std::string out;
  for (NodeId id = 1; id < diff.tree.size(); ++id) {
    if (!(diff.self[side][id] > 0)) continue;
    std::string line;
    for (const FrameId frame : diff.tree.stack(id))
      line += (line.empty() ? "" : ";") + text::replace_all(text::one_line(diff.tree.frames.name(frame)), ";", ":");
    out += fmt::format("{} {:.15g}\n", line, diff.self[side][id]);
  }
  return out;
}

// A file name made from hostile words: only letters, digits, dots, dashes and underscores, and unique.
std::string file_name_of(const ProfiledBenchmark& what) {
  const std::string words = what.benchmark.empty() ? what.suite : what.suite + "-" + what.benchmark;
  std::string out;
  for (const char c : words) {
    const bool plain = text::is_alphanumeric(c) || c == '_' || c == '.';
    if (plain || (!out.empty() && out.back() != '-')) out += plain ? c : '-';
  }
  const bool changed = out != words;
  if (out.size() > k_most_name) out.resize(k_most_name);
  while (out.starts_with('.')) out.erase(0, 1);
  return changed ? fmt::format("{}-{}", out, hex16(fnv1a(words)).substr(0, 4)) : out;
}

}  // namespace

Result<std::vector<Pattern>> patterns_of(const Config& config, const TrustedFiles& files) {
  PW_TRY_ASSIGN(std::vector<Pattern> rules, config::shipped_patterns());
  if (config.patterns.empty()) return rules;
  PW_TRY_ASSIGN(const std::string text, files.read(config.patterns, k_most_rules_bytes));
  PW_TRY_ASSIGN(std::vector<Pattern> own, config::read_patterns(text, config.patterns));
  PW_TRY(explain::check_patterns(own));
  return config::with_own(std::move(rules), std::move(own));
}

void find_patterns(std::span<const Pattern> rules, const profile::DiffOptions::OwnershipOf& ownership,
                   profile::Diff& diff) {
  const FrameTable& frames = diff.tree.tree.frames;
  diff.evidence.patterns = explain::find_patterns(diff.evidence, diff.tree, rules, [&](FrameId id) {
    return ownership && ownership(frames.name(id), frames.file(id)).ours;
  });
}

EvidenceMaker::EvidenceMaker(World& world, const Config& config, const Checkouts& sides, const std::string& trusted_sha,
                             std::string directory)
    : directory_(std::move(directory)),
      ownership_(ownership_in(world, sides.head_directory.empty() ? "." : sides.head_directory, trusted_sha)),
      labels_{sides.base_label, sides.head_label},
      roots_{sides.base_directory, sides.head_directory} {
  Result<std::vector<Pattern>> rules = patterns_of(config, TrustedFiles(world, trusted_sha));
  if (!rules) {
    warnings_.push_back({"patterns", "rules of your own were not used: " + rules.error().text()});
    rules = config::shipped_patterns();
  }
  if (rules) patterns_ = std::move(*rules);
}

namespace {

bool names_a_culprit(const ProfileDiff& evidence) {
  return std::any_of(evidence.frames.begin(), evidence.frames.end(), [](const FrameDelta& frame) {
    return !frame.by_total && (frame.change == FrameChange::regression || frame.change == FrameChange::added);
  });
}

// By shares; and where the benchmark takes longer but no function has more of it, as in one that is a single function,
// by operation: the benchmark's own change says how many each side carried out in its time. One that only waits longer
// has no such function.
Result<profile::Diff> diff_of(std::span<const Profile> base, std::span<const Profile> head,
                              profile::DiffOptions options) {
  PW_TRY_ASSIGN(profile::Diff by_share, profile::diff(base, head, options));
  const ProfileDiff& seen = by_share.evidence;
  constexpr double k_little = 0.02;
  const double ratio = explain::processor_ratio(seen, options.benchmark_ratio.value_or(1));
  if (!(ratio > 1 + k_little) || !options.benchmark_ratio || seen.normalization != Normalization::share ||
      names_a_culprit(seen))
    return by_share;
  options.normalization = Normalization::per_op;
  options.operations = {seen.base.cost, seen.head.cost / ratio};
  Result<profile::Diff> by_operation = profile::diff(base, head, options);
  if (by_operation && names_a_culprit(by_operation->evidence)) return by_operation;
  return by_share;
}

}  // namespace

Result<ProfileDiff> EvidenceMaker::make(std::span<const Profile> base, std::span<const Profile> head,
                                        const ProfiledBenchmark& what) {
  profile::DiffOptions options;
  options.labels = labels_;
  options.roots = roots_;
  options.ownership = ownership_;
  options.benchmark_ratio = what.ratio;
  options.time_by_share = true;
  PW_TRY_ASSIGN(profile::Diff diff, diff_of(base, head, options));
  ProfileDiff& evidence = diff.evidence;
  evidence.suite = what.suite;
  evidence.benchmark = what.benchmark;
  find_patterns(patterns_, ownership_, diff);
  evidence.warnings.insert(evidence.warnings.end(), warnings_.begin(), warnings_.end());
  for (std::size_t side = 0; side < summaries_.size(); ++side)
    summaries_[side].push_back(profile::summary_of(diff, side));
  if (directory_.empty()) return std::move(diff.evidence);
  if (const Status drawn = draw(diff, file_name_of(what), evidence); !drawn)
    evidence.warnings.push_back({std::string(k_picture_lost), drawn.error().text()});
  return std::move(diff.evidence);
}

Status EvidenceMaker::draw(const profile::Diff& diff, const std::string& name, ProfileDiff& evidence) {
  profile::PictureOptions options;
  options.title = evidence.benchmark.empty() ? evidence.suite : evidence.suite + "/" + evidence.benchmark;
  const auto write = [&](const std::string& ending, std::string_view text) -> Status {
    PW_TRY(os::write_file(directory_ + "/" + name + ending, text));
    evidence.files.push_back(name + ending);
    return Nothing{};
  };
  options.form = profile::PictureForm::html;
  PW_TRY(write(".diff.html", profile::draw_diff(diff.tree, evidence, options)));
  options.form = profile::PictureForm::svg;
  const std::string picture = profile::draw_diff(diff.tree, evidence, options);
  const std::string both = profile::write_speedscope(diff.tree, evidence.type, labels_);
  PW_TRY(write(".diff.svg", picture));
  PW_TRY(write(".base.perf-folded", folded_side(diff.tree, 0)));
  PW_TRY(write(".head.perf-folded", folded_side(diff.tree, 1)));
  if (!drawn_) {  // of the worst benchmark, under names that scripts know
    drawn_ = true;
    PW_TRY(os::write_file(directory_ + "/diff_flamegraph.svg", picture));
    PW_TRY(os::write_file(directory_ + "/cpu.speedscope.json", both));
  }
  return write(".speedscope.json", both);
}

}  // namespace perfwarden::app
