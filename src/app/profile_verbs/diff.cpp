#include "profile/diff/diff.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <string>

#include "app/cli/command.hpp"
#include "app/cli/config_options.hpp"
#include "app/cli/exit_code.hpp"
#include "app/cli/files.hpp"
#include "app/cli/messages.hpp"
#include "app/pipe/report.hpp"
#include "app/pipe/trusted_config.hpp"
#include "app/profile/comparison.hpp"
#include "app/profile/files.hpp"
#include "app/profile/owners.hpp"
#include "app/profile/remote.hpp"
#include "base/text.hpp"
#include "gates/judge.hpp"
#include "gates/profiles.hpp"
#include "github/run_context.hpp"
#include "os/files/files.hpp"
#include "os/files/mapped.hpp"
#include "profile/draw/flame_graph.hpp"
#include "profile/format.hpp"
#include "profile/limits.hpp"
#include "profile/read/inflate.hpp"
#include "profile/read/read.hpp"
#include "profile/write/folded_diff.hpp"
#include "profile/write/speedscope.hpp"
#include "report/view/profile_diff_text.hpp"

namespace perfwarden::app {
namespace {

struct ProfileDiffOptions {
  ConfigOptions config;
  std::string base, head, format = "auto", as, output, type, normalize;
  std::vector<std::string> more_base, more_head;  // recordings
  double base_operations = 0, head_operations = 0;
  bool gate = false;
};

// What one comparison has for all forms of its result.
struct Compared {
  const profile::Diff& diff;
  std::span<const Finding> findings;
  const report::Templates& templates;
};

// One form that the result can have: `--as name`, or the ending of the output's name.
struct Form {
  std::string_view name, ending;  // ending is empty where a name cannot say it
  Status (*write)(World& world, const ProfileDiffOptions& options, const Compared& compared);
};
std::span<const Form> forms();

Result<const Form*> form_of(const ProfileDiffOptions& options) {
  for (const Form& form : forms()) {
    const bool named = options.as == form.name || (options.as == "md" && form.name == "markdown");
    const bool ends = !form.ending.empty() && options.output.ends_with(form.ending);
    if (options.as.empty() ? ends : named) return &form;
  }
  if (options.as.empty()) return &forms().front();
  return Error{.kind = ErrorKind::usage, .what = fmt::format("unknown form '{}'", text::one_line(options.as))};
}

profile::DiffOptions diff_options(World& world, const ProfileDiffOptions& options, const std::string& trusted_sha) {
  profile::DiffOptions out;
  out.type = options.type;
  out.normalization = from_name<Normalization>(options.normalize);
  out.operations = {options.base_operations, options.head_operations};
  out.labels = {options.base, options.head};
  out.ownership = ownership_in(world, ".", trusted_sha);
  return out;
}

bool is_one_file(const std::string& path) {
  return path != "-" && !is_address(path) && !os::is_directory(path);  // standard input cannot be read twice
}

// Two folded texts as difffolded.pl would: by stack, as recorded. False when they are not both folded.
Result<bool> diff_texts(World& world, const ProfileDiffOptions& options) {
  std::array<std::string, 2> inflated;
  std::vector<os::MappedFile> mapped;
  std::array<std::string_view, 2> texts;
  for (std::size_t side = 0; side < 2; ++side) {
    const std::string& name = side == 0 ? options.base : options.head;
    if (!is_one_file(name)) return false;
    PW_TRY_ASSIGN(os::MappedFile file, os::MappedFile::open(name, profile::k_max_text_bytes));
    mapped.push_back(std::move(file));
    PW_TRY_ASSIGN(texts[side], profile::inflate(mapped.back().bytes(), name, inflated[side]));
    PW_TRY_ASSIGN(const profile::Format* const row, profile::choose(texts[side], name, options.format));
    if (row->name != "folded") return false;
  }
  PW_TRY(write_result_in_pieces(world, options.output, [&](const Sink& sink) -> Status {
    PW_TRY_ASSIGN(const profile::FoldedDiff done,
                  profile::diff_folded(texts[0], texts[1], {false, false, {options.base, options.head}}, sink));
    for (const Warning& warning : done.warnings) warn(world, warning.text);
    return Nothing{};
  }));
  return true;
}

std::string folded_name(std::string_view name) {
  std::string out(name);
  for (char& c : out) {
    if (c == ';') c = ':';
    if (c == '\n' || c == '\r') c = ' ';
  }
  return out;
}

// One line "stack base head" for each stack with a cost.
Status write_folded(World& world, const ProfileDiffOptions& options, const Compared& compared) {
  const DiffTree& diff = compared.diff.tree;
  return write_result_in_pieces(world, options.output, [&](const Sink& sink) -> Status {
    for (NodeId id = 1; id < diff.tree.size(); ++id) {
      if (diff.self[0][id] == 0 && diff.self[1][id] == 0) continue;
      std::string line;
      for (const FrameId frame : diff.tree.stack(id))
        line += (line.empty() ? "" : ";") + folded_name(diff.tree.frames.name(frame));
      sink(fmt::format("{} {:.15g} {:.15g}\n", line, diff.self[0][id], diff.self[1][id]));
    }
    return Nothing{};
  });
}

Status write_speedscope(World& world, const ProfileDiffOptions& options, const Compared& compared) {
  const ProfileDiff& evidence = compared.diff.evidence;
  return write_result(
      world, options.output,
      profile::write_speedscope(compared.diff.tree, evidence.type, {evidence.base.label, evidence.head.label}));
}

template <profile::PictureForm form>
Status write_picture(World& world, const ProfileDiffOptions& options, const Compared& compared) {
  profile::PictureOptions picture;
  picture.form = form;
  return write_result(world, options.output, profile::draw_diff(compared.diff.tree, compared.diff.evidence, picture));
}

// By the renderers of reports, under their names.
Status write_text(World& world, const ProfileDiffOptions& options, const Compared& compared) {
  PW_TRY_ASSIGN(const Form* const form, form_of(options));
  report::RenderOptions render;
  render.color = world.color && (options.output.empty() || options.output == "-");
  render.columns = std::min<std::size_t>(world.console.columns(), 120);
  PW_TRY_ASSIGN(const std::string text, report::evidence_text(compared.diff.evidence, compared.findings,
                                                              compared.templates, form->name, render));
  return write_result(world, options.output, text);
}

constexpr std::array<Form, 7> k_forms{{{"terminal", "", write_text},
                                       {"markdown", ".md", write_text},
                                       {"speedscope", ".speedscope.json", write_speedscope},
                                       {"json", ".json", write_text},
                                       {"html", ".html", write_picture<profile::PictureForm::html>},
                                       {"svg", ".svg", write_picture<profile::PictureForm::svg>},
                                       {"folded", ".folded", write_folded}}};

std::span<const Form> forms() {
  return k_forms;
}

// The recordings of both sides.
using Recordings = std::array<std::vector<Profile>, 2>;

Result<Recordings> read_sides(World& world, const ProfileDiffOptions& options) {
  Recordings out;
  for (std::size_t side = 0; side < 2; ++side) {
    std::vector<std::string> paths{side == 0 ? options.base : options.head};
    const std::vector<std::string>& more = side == 0 ? options.more_base : options.more_head;
    paths.insert(paths.end(), more.begin(), more.end());
    PW_TRY_ASSIGN(out[side], read_recordings(world, paths, options.format));
  }
  return out;
}

Result<ExitCode> compare(World& world, const ProfileDiffOptions& options) {
  PW_TRY_ASSIGN(const Form* const form, form_of(options));
  if (options.base == "-" && options.head == "-")
    return Error{.kind = ErrorKind::usage,
                 .what = "only one side can come from standard input",
                 .hint = "give the other as a file"};
  const bool alone = options.more_base.empty() && options.more_head.empty();
  if (form->write == write_folded && !options.gate && options.type.empty() && alone) {
    PW_TRY_ASSIGN(const bool done, diff_texts(world, options));
    if (done) return k_pass;
  }
  PW_TRY_ASSIGN(const RunContext context, github::run_context(world.environment));
  PW_TRY_ASSIGN(const std::optional<TrustedConfig> found, trusted_config_if_any(world, context, options.config));
  const TrustedConfig trusted = found.value_or(TrustedConfig{});
  const Config& config = trusted.loaded.config;
  for (const Warning& warning : trusted.warnings) warn(world, warning.text);
  const TrustedFiles files(world, trusted.base_sha);
  const profile::DiffOptions how = diff_options(world, options, trusted.base_sha);
  PW_TRY_ASSIGN(const Recordings sides, read_sides(world, options));
  PW_TRY_ASSIGN(profile::Diff diff, profile::diff(sides[0], sides[1], how));
  PW_TRY_ASSIGN(const std::vector<Pattern> rules, patterns_of(config, files));
  find_patterns(rules, how.ownership, diff);
  const std::vector<Finding> findings = gates::judge_profile(diff.evidence, config.profile_gates);
  PW_TRY_ASSIGN(const report::Templates templates, load_templates(files, config.report.templates));
  PW_TRY(form->write(world, options, {diff, findings, templates}));
  if (!options.gate) return k_pass;
  const Verdict verdict = gates::judge({.profiles = std::span(&diff.evidence, 1)}, config);
  for (const Finding& finding : verdict.findings)
    note(world, fmt::format("{} {}: {}", name_of(finding.level), finding.rule, finding.reason));
  return exit_code(verdict, config, true);
}

std::vector<std::string> names_of_forms() {
  std::vector<std::string> out;
  for (const Form& form : forms()) out.emplace_back(form.name);
  out.emplace_back("md");
  return out;
}

Run declare_profile_diff(Verb& verb) {
  auto options = std::make_shared<ProfileDiffOptions>();
  verb.add_option("base", options->base, "Profile of the base, or a folder of its recordings; - for standard input")
      .required();
  verb.add_option("head", options->head, "Profile of the head, or a folder of its recordings; - for standard input")
      .required();
  verb.add_option("--base", options->more_base, "One more recording of the base; may be repeated");
  verb.add_option("--head", options->more_head, "One more recording of the head; may be repeated");
  verb.add_option("--as", options->as, "Form of the result (default: from the output's name, else terminal)")
      .one_of(names_of_forms());
  verb.add_option("-o,--output", options->output, "File to write (default: stdout)");
  verb.add_option("-f,--format", options->format, "Format of all profiles (default: found out)");
  verb.add_option("-t,--type", options->type, "Sample type: cpu, alloc_space, … (default: the best for a comparison)");
  verb.add_option("--normalize", options->normalize,
                  "What the sides are divided by (default: nothing, or their totals where one was recorded for longer)")
      .one_of(spellings<Normalization>());
  verb.add_option("--base-operations", options->base_operations, "Operations that base carried out, for per-op");
  verb.add_option("--head-operations", options->head_operations, "Operations that head carried out, for per-op");
  verb.add_flag("--gate", options->gate, "Exit 1 when a limit on profiles is broken");
  add_config_options(verb, options->config);
  return [options](World& world) { return compare(world, *options); };
}

}  // namespace

extern const Command k_command_diff{"diff", "Compare two profiles and say which code changed", declare_profile_diff};

}  // namespace perfwarden::app
