#include "app/pipe/same_program.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <optional>
#include <set>

#include "base/text.hpp"
#include "os/files/mapped.hpp"

namespace perfwarden::app {
namespace {

constexpr std::size_t k_most_file_bytes = std::size_t{2} << 30;

// How a path is written on either side.
std::string key_of(const std::string& path, const std::string& side) {
  return path == side || is_below(path, side) ? std::string(k_side_folder) + path.substr(side.size()) : path;
}

bool is_inside(const std::string& key) {
  return key.starts_with(k_side_folder);
}

// A text that is equal where the two states mean the same to a program.
std::string state_of(const TracedFile& file, bool listed) {
  switch (file.kind) {
    case TracedFile::Kind::missing:
      return "missing";
    case TracedFile::Kind::folder:
      return listed ? file.digest : "folder";
    case TracedFile::Kind::other:
      return "other";
    case TracedFile::Kind::file:
    case TracedFile::Kind::link:
      break;
  }
  // Only looked at, and elsewhere: there is one such file, for both.
  if (file.digest.empty())
    return fmt::format("{}:{}:{}", file.signature.device, file.signature.inode, file.signature.changed_ns);
  return file.digest;
}

class Converter {
 public:
  Converter(const Trace& base, const Trace& head, const Places& places, const Look& look)
      : places_(places), look_(look) {
    add(base, places.base, base_);
    add(head, places.head, head_);
  }

  Programs convert(const Trace& base, const Trace& head) {
    Programs out{start(base), start(head)};
    std::set<std::string> keys;
    for (const auto* side : {&base_, &head_})
      for (const auto& [key, file] : *side) keys.insert(key);
    for (const std::string& key : keys) add_file(key, out);
    return out;
  }

 private:
  using Files = std::map<std::string, const TracedFile*>;

  static void add(const Trace& trace, const std::string& side, Files& files) {
    for (const TracedFile& file : trace.files) files.emplace(key_of(file.path, side), &file);
  }

  static identity::TracedRun start(const Trace& trace) {
    identity::TracedRun run;
    run.used_network = trace.network;
    run.not_known = trace.not_known;
    for (std::size_t i = 0; i < trace.programs.size(); ++i) {
      const TracedProgram& program = trace.programs[i];
      run.arguments.push_back(fmt::format("program {}", i));  // so that words of two are not mixed up
      run.arguments.insert(run.arguments.end(), program.arguments.begin(), program.arguments.end());
      for (const auto& [name, digest] : program.environment)
        run.environment.push_back(fmt::format("{}={} of program {}", name, digest, i));
    }
    return run;
  }

  static const TracedFile* find(const Files& files, const std::string& key) {
    const auto found = files.find(key);
    return found == files.end() ? nullptr : found->second;
  }

  void add_file(const std::string& key, Programs& out) {
    const TracedFile* const base = find(base_, key);
    const TracedFile* const head = find(head_, key);
    const auto is_output = [](const TracedFile* file) { return file == nullptr || file->made; };
    const auto is_used = [](const TracedFile* file) { return file != nullptr && !file->made && file->read; };
    if (is_output(base) && is_output(head)) return;
    if (!is_inside(key) && (base == nullptr || head == nullptr)) {
      // It is there for the other side too, and was of no interest to it.
      if (is_used(base)) put(*base, key, false, out.base);
      if (is_used(head)) put(*head, key, false, out.head);
      return;
    }
    const bool listed = is_used(base) || is_used(head);
    put(base != nullptr ? *base : look_(real_path(places_.base, key)), key, listed, out.base);
    put(head != nullptr ? *head : look_(real_path(places_.head, key)), key, listed, out.head);
  }

  void put(const TracedFile& file, const std::string& key, bool listed, identity::TracedRun& run) {
    if (file.changed && run.not_known.empty())
      run.not_known = fmt::format("{} is changed by the benchmark that reads it", key);
    TracedFile now = file;
    if (file.kind == TracedFile::Kind::folder && listed && file.digest.empty()) now = look_(file.path);
    run.files.push_back({key, file.made ? "made by the run" : state_of(now, listed), file.executed});
  }

  const Places& places_;
  const Look& look_;
  Files base_, head_;
};

bool may_bound(const Budget& budget, const std::string& suite) {
  const bool bounds = std::any_of(budget.limits.begin(), budget.limits.end(),
                                  [](const auto& limit) { return limit.second.max || limit.second.min; });
  const std::string first = budget.glob.substr(0, budget.glob.find('/'));
  return bounds && !budget.off && (text::glob_match_prefix(first, suite) || first.find('*') != std::string::npos);
}

}  // namespace

std::string real_path(const std::string& side, const std::string& key) {
  return is_inside(key) ? side + key.substr(k_side_folder.size()) : key;
}

Programs programs_of(const Trace& base, const Trace& head, const Places& places, const Look& look) {
  return Converter(base, head, places, look).convert(base, head);
}

ProgramCheck::ProgramCheck(World& world, const Plan& plan, Places places, const Config& config, bool skips)
    : SideGuard(world, plan, std::move(places)), world_(world), plan_(plan), config_(config), skips_(skips) {
  programs_.places = this->places();
}

Result<std::map<std::size_t, measure::ToMeasure>> ProgramCheck::decide(std::vector<Warning>& warnings) {
  PW_TRY_ASSIGN(auto to_measure, SideGuard::decide(warnings));
  for (std::size_t suite = 0; suite < plan_.suites.size(); ++suite) {
    std::optional<SuiteIdentity> identity = compare(suite);
    if (!identity) continue;
    if (identity->answer == SameProgram::identical && skips_) {
      identity->measured = false;
      const bool bounded = std::any_of(config_.budgets.begin(), config_.budgets.end(), [&](const Budget& budget) {
        return may_bound(budget, plan_.suites[suite].name);
      });
      to_measure[suite] = bounded ? measure::ToMeasure::head_alone : measure::ToMeasure::nothing;
    }
    identities_.push_back(*std::move(identity));
  }
  return to_measure;
}

std::optional<SuiteIdentity> ProgramCheck::compare(std::size_t suite) {
  SuiteIdentity out;
  out.suite = plan_.suites[suite].name;
  out.answer = SameProgram::identical;
  const std::size_t cases = std::max<std::size_t>(1, plan_.suites[suite].cases.size());
  const identity::ProgramOptions options{{config_.identity.ignore}, places().base, places().head};
  for (std::size_t c = 0; c < cases; ++c) {
    const Trace* const base = trace_of(suite, c, Side::base);
    const Trace* const head = trace_of(suite, c, Side::head);
    if (base == nullptr || head == nullptr) return std::nullopt;
    const Programs programs =
        programs_of(*base, *head, places(), [this](const std::string& path) { return world_.processes.look(path); });
    std::deque<os::MappedFile> files;
    identity::ProgramComparison found = identity::compare_programs(
        programs.base, programs.head,
        [&](identity::Side side, const std::string& key) -> Result<std::string_view> {
          const std::string& top = side == identity::Side::base ? places().base : places().head;
          const std::string path = real_path(top, key);
          if (world_.processes.look(path).kind != TracedFile::Kind::file) return Error{.what = "it is not a file"};
          PW_TRY_ASSIGN(os::MappedFile file, os::MappedFile::open(path, k_most_file_bytes));
          return files.emplace_back(std::move(file)).bytes();
        },
        options);
    // Code that is made at run time may depend on what an equivalent image holds elsewhere.
    if (found.sameness == identity::Sameness::equivalent && (base->generated_code || head->generated_code)) {
      found.sameness = identity::Sameness::not_known;
      found.reasons.emplace_back("the benchmark generates code while it runs");
    }
    out.files += programs.head.files.size();
    if (!found.is_same())
      out.answer = found.sameness == identity::Sameness::differs || out.answer == SameProgram::different
                       ? SameProgram::different
                       : SameProgram::not_known;
    for (const std::string& reason : found.reasons)
      if (std::find(out.reasons.begin(), out.reasons.end(), reason) == out.reasons.end()) out.reasons.push_back(reason);
    programs_.cases[{out.suite, c}] = std::move(found);
  }
  return out;
}

}  // namespace perfwarden::app
