#include "profile/draw/flame_graph.hpp"

#include <fmt/format.h>

#include <array>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "app/cli/command.hpp"
#include "app/cli/exit_code.hpp"
#include "app/cli/files.hpp"
#include "app/cli/messages.hpp"
#include "app/profile/files.hpp"
#include "base/text.hpp"
#include "profile/diff/diff.hpp"
#include "profile/write/top.hpp"

namespace perfwarden::app {
namespace {

struct FlamegraphOptions {
  std::vector<std::string> files;
  std::string format = "auto", type, output, as, title, min_width = "0.1%";
  double width = 1200;
  bool inverted = false;
};

Result<profile::PictureForm> form_of(const FlamegraphOptions& options) {
  const auto is = [&](std::string_view word) {
    return options.as.empty() ? options.output.ends_with("." + std::string(word)) : options.as == word;
  };
  if (is("svg")) return profile::PictureForm::svg;
  if (is("html")) return profile::PictureForm::html;
  return wrong_usage(
      options.output.empty() ? "no file to write was given" : "cannot tell what to draw from '" + options.output + "'",
      "give -o OUT.svg for a picture or -o OUT.html for a page, or say --as svg");
}

// "0.1%" of all, or pixels: "0.5", "0.5px".
Result<double> min_share_of(const FlamegraphOptions& options) {
  std::string_view number = options.min_width;
  const bool percent = number.ends_with('%');
  if (percent) number.remove_suffix(1);
  if (number.ends_with("px")) number.remove_suffix(2);
  const auto value = text::to_double(number);
  const double share = value ? *value / (percent ? 100 : options.width) : -1;
  if (share >= 0 && share <= 1) return share;
  return wrong_usage(fmt::format("--min-width is not a valid width: '{}'", options.min_width),
                     "give 0.1% of the whole, or pixels: 0.5px");
}

Result<profile::PictureOptions> picture_options(const FlamegraphOptions& options) {
  profile::PictureOptions out;
  PW_TRY_ASSIGN(out.form, form_of(options));
  PW_TRY_ASSIGN(out.min_share, min_share_of(options));
  out.title = options.title;
  out.inverted = options.inverted;
  out.width = static_cast<std::size_t>(options.width);
  return out;
}

std::string draw_both(const profile::Diff& diff, const profile::PictureOptions& picture) {
  return profile::draw_diff(diff.tree, diff.evidence, picture);
}

// A folded file with two numbers a line is both sides at once.
bool is_two_sided(const Profile& profile) {
  return profile.types.size() == 2 && profile.types[0].name == "base" && profile.types[1].name == "head";
}

Profile side_of(const Profile& both, std::size_t side) {
  Profile one = both;
  one.types = {{"samples", "count"}};
  one.self = {both.self[side]};
  one.default_type = 0;
  if (both.count_type) one.count_type = 0;
  return one;
}

Result<profile::Diff> compare(const Profile& base, const Profile& head, const FlamegraphOptions& options,
                              std::array<std::string, 2> labels) {
  profile::DiffOptions how;
  how.type = options.type;
  how.labels = std::move(labels);
  return profile::diff(base, head, how);
}

Result<std::string> draw(World& world, const FlamegraphOptions& options) {
  PW_TRY_ASSIGN(profile::PictureOptions picture, picture_options(options));
  if (options.files.size() > 2) return wrong_usage("more than two profiles were given", "give one, or base and head");
  std::vector<Profile> profiles;
  for (const std::string& file : options.files) {
    PW_TRY_ASSIGN(Profile profile, read_profile(world, file, options.format));
    for (const Warning& warning : profile.warnings) warn(world, warning.text);
    profiles.push_back(std::move(profile));
  }
  if (profiles.size() == 2) {
    PW_TRY_ASSIGN(const profile::Diff diff,
                  compare(profiles[0], profiles[1], options, {options.files[0], options.files[1]}));
    return draw_both(diff, picture);
  }
  if (is_two_sided(profiles[0]) && options.type.empty()) {
    PW_TRY_ASSIGN(const profile::Diff diff,
                  compare(side_of(profiles[0], 0), side_of(profiles[0], 1), options, {"", ""}));
    return draw_both(diff, picture);
  }
  PW_TRY_ASSIGN(picture.type, profile::find_type(profiles[0], options.type));
  return profile::draw(profiles[0], picture);
}

Result<ExitCode> run(World& world, const FlamegraphOptions& options) {
  PW_TRY_ASSIGN(const std::string drawn, draw(world, options));
  PW_TRY(write_result(world, options.output, drawn));
  return k_pass;
}

Run declare_profile_flamegraph(Verb& verb) {
  auto options = std::make_shared<FlamegraphOptions>();
  verb.add_option(
          "files", options->files,
          "Profile to draw. To draw what changed: two profiles, base and head, or a folded one with two numbers a line")
      .required();
  verb.add_option("-o,--output", options->output,
                  "OUT.svg, a picture without scripts, or OUT.html, a page with zoom and search");
  verb.add_option("--as", options->as, "What to draw, if the output's name does not say").one_of({"svg", "html"});
  verb.add_option("-f,--format", options->format, "Format of the profiles (default: found out)");
  verb.add_option("-t,--sample-type,--type", options->type,
                  "What widths mean: cpu, alloc_space, … (default: the profile's own)");
  verb.add_option("--title", options->title, "Title of the picture");
  verb.add_flag("--inverted", options->inverted,
                "In a picture, put the root on top (a page has it on top, and a button to turn it)");
  verb.add_option("--width", options->width, "Width of a picture in pixels").within(200, 20000).show_default();
  verb.add_option("--min-width", options->min_width, "Merge narrower frames, in % of the whole or px").show_default();
  return [options](World& world) { return run(world, *options); };
}

}  // namespace

extern const Command k_command_flamegraph{"flamegraph", "Draw a flame graph, or what changed between two profiles",
                                          declare_profile_flamegraph};

}  // namespace perfwarden::app
