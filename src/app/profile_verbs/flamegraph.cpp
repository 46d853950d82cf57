#include "profile/flame_graph.hpp"

#include <fmt/format.h>

#include <memory>
#include <string>

#include "app/command.hpp"
#include "app/common.hpp"
#include "app/exit_code.hpp"
#include "app/profiles.hpp"
#include "base/text.hpp"
#include "profile/top.hpp"

namespace perfwarden::app {
namespace {

struct Options {
  std::string file, format = "auto", type, output, as, title, min_width = "0.1%";
  double width = 1200;
  bool inverted = false;
};

Error usage(std::string what, std::string hint) {
  return {ErrorKind::usage, std::move(what), "", std::move(hint), ""};
}

Result<profile::PictureForm> form_of(const Options& options) {
  const auto is = [&](std::string_view word) {
    return options.as.empty() ? options.output.ends_with("." + std::string(word)) : options.as == word;
  };
  if (is("svg")) return profile::PictureForm::svg;
  if (is("html")) return profile::PictureForm::html;
  return usage(
      options.output.empty() ? "no file to write was given" : "cannot tell what to draw from '" + options.output + "'",
      "give -o OUT.svg for a picture or -o OUT.html for a page, or say --as svg");
}

// "0.1%" of all, or pixels: "0.5", "0.5px".
Result<double> min_share_of(const Options& options) {
  std::string_view number = options.min_width;
  const bool percent = number.ends_with('%');
  if (percent) number.remove_suffix(1);
  if (number.ends_with("px")) number.remove_suffix(2);
  const auto value = text::to_double(number);
  const double share = value ? *value / (percent ? 100 : options.width) : -1;
  if (share >= 0 && share <= 1) return share;
  return usage(fmt::format("--min-width is no width: '{}'", options.min_width),
               "give 0.1% of the whole, or pixels: 0.5px");
}

Result<profile::PictureOptions> picture_options(const Options& options) {
  profile::PictureOptions out;
  PW_TRY_ASSIGN(out.form, form_of(options));
  PW_TRY_ASSIGN(out.min_share, min_share_of(options));
  out.title = options.title;
  out.inverted = options.inverted;
  out.width = static_cast<std::size_t>(options.width);
  return out;
}

Result<std::string> draw(World& world, const Options& options) {
  PW_TRY_ASSIGN(profile::PictureOptions picture, picture_options(options));
  PW_TRY_ASSIGN(const Profile profile, read_profile(options.file, options.format));
  for (const Warning& warning : profile.warnings) warn(world, warning.text);
  PW_TRY_ASSIGN(picture.type, profile::find_type(profile, options.type));
  return profile::draw(profile, picture);
}

int run(World& world, const Options& options) {
  const Result<std::string> drawn = draw(world, options);
  if (!drawn) return fail(world, drawn.error());
  if (const Status written = write_result(world, options.output, *drawn); !written) return fail(world, written.error());
  return k_pass;
}

std::function<int(World&)> declare(Verb& verb) {
  auto options = std::make_shared<Options>();
  verb.add_option("file", options->file, "Profile to draw; - for standard input").required();
  verb.add_option("-o,--output", options->output,
                  "OUT.svg, a picture without scripts, or OUT.html, a page with zoom and search");
  verb.add_option("--as", options->as, "What to draw, where the output's name does not tell").one_of({"svg", "html"});
  verb.add_option("-f,--format", options->format, "Format of the profiles (default: found out)");
  verb.add_option("-t,--sample-type,--type", options->type,
                  "What widths mean: cpu, alloc_space, … (default: the profile's own)");
  verb.add_option("--title", options->title, "Title of the picture");
  verb.add_flag("--inverted", options->inverted, "In a picture, the root on top (pages have it there, and a button)");
  verb.add_option("--width", options->width, "Width of a picture in pixels").within(200, 20000).show_default();
  verb.add_option("--min-width", options->min_width, "Sum up what is narrower, in % of the whole or px").show_default();
  return [options](World& world) { return run(world, *options); };
}

}  // namespace

extern const Command k_command_flamegraph{"flamegraph", "Draw a profile as a flame graph", declare};

}  // namespace perfwarden::app
