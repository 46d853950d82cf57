#include "app/pipe/own_code.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "app/pipe/tuned_machine.hpp"
#include "base/text.hpp"

namespace perfwarden::app {
namespace {

// Folders whose entries are named by what they hold, so that each side finds its own.
constexpr std::array<std::string_view, 12> k_caches{
    "/.cache/", "/.cargo/registry/", "/.cargo/git/", "/.rustup/", "/pkg/mod/",       "/.npm/", "/.gradle/",
    "/.m2/",    "/.nuget/",          "/.ccache/",    "/.conan",   "/etc/ld.so.cache"};
// Where the distribution keeps its own.
constexpr std::array<std::string_view, 8> k_system{"/usr/lib/", "/usr/lib64/", "/usr/bin/", "/usr/share/",
                                                   "/lib/",     "/lib64/",     "/bin/",     "/etc/"};
// Folders into which package managers install; the next part of a path is the package.
constexpr std::array<std::string_view, 3> k_packages{"/site-packages/", "/dist-packages/", "/node_modules/"};
// Where a project keeps what such a package is made of.
constexpr std::array<std::string_view, 4> k_sources{"/", "/src/", "/python/", "/lib/"};

class Checker {
 public:
  Checker(const CaseTraces& traces, const Places& places, const BuildTime& builds, const Look& look)
      : traces_(traces), places_(places), builds_(builds), look_(look) {}

  Result<std::vector<Warning>> check() {
    for (const Side side : {Side::base, Side::head})
      for (const TracedFile& file : trace_of(side).files)
        if (file.kind == TracedFile::Kind::file) PW_TRY(check_file(side, file));
    std::vector<Warning> notes;
    if (!shared_.empty())
      notes.push_back(
          {"shared-files", fmt::format("{}: base and head share {}, such as {}, outside of their own "
                                       "checkouts; no commit changes what is there, so it does not count as "
                                       "part of the change",
                                       text::one_line(traces_.suite), shared_count(), shown(*shared_.begin()))});
    return notes;
  }

 private:
  [[nodiscard]] std::string shared_count() const {
    return shared_.size() == 1 ? "a file" : fmt::format("{} files", shared_.size());
  }

  [[nodiscard]] const Trace& trace_of(Side side) const { return side == Side::base ? *traces_.base : *traces_.head; }

  Status check_file(Side side, const TracedFile& file) {
    const Side other = side == Side::base ? Side::head : Side::base;
    if (is_below(file.path, places_.of(side))) return Nothing{};
    if (is_below(file.path, places_.of(other))) {
      if (file.read || file.written)
        return error(fmt::format("{} {} {}, which belongs to {}", name_of(side), file.written ? "writes" : "reads",
                                 shown(file.path), name_of(other)),
                     "each side must use its own checkout: give paths relative to it");
      return Nothing{};
    }
    if (file.made) return Nothing{};
    if (is_in_checkout(file.path)) {
      PW_TRY(check_in_checkout(side, file));
    }
    return file.read ? check_built(side, file) : Nothing{};
  }

  [[nodiscard]] bool is_in_checkout(const std::string& path) const {
    return !places_.top.empty() && is_below(path, places_.top) && !is_below(path, places_.top + "/.git") &&
           !is_below(path, fmt::format("{}/{}", places_.top, k_work_directory));
  }

  // A program that reads both copies, as cargo does with its settings, does run its own.
  Status check_in_checkout(Side side, const TracedFile& file) {
    const std::string inside = file.path.substr(places_.top.size());
    const TracedFile* const own = trace_of(side).find(places_.of(side) + inside);
    if (own != nullptr && own->kind == TracedFile::Kind::file) return Nothing{};
    if (differs(inside))
      return error(
          fmt::format("{} uses {}, which is not in its own checkout and differs between base and head, so both "
                      "would run the same code",
                      name_of(side), shown(file.path)),
          "start the benchmark by a path relative to the checkout, and keep the checkout out of PYTHONPATH and "
          "other search paths: each side runs in a folder of its own");
    if (file.read) note_shared(file);
    return Nothing{};
  }

  [[nodiscard]] bool differs(const std::string& inside) const {
    const TracedFile base = look_(places_.base + inside);
    const TracedFile head = look_(places_.head + inside);
    return base.kind != head.kind || base.digest != head.digest;
  }

  // Both builds write to one place, so what lies there is of one of them.
  Status check_built(Side side, const TracedFile& file) {
    const std::int64_t changed_ns = file.signature.changed_ns;
    const bool touched = builds_.ended_ns > 0 && changed_ns >= builds_.began_ns && changed_ns <= builds_.ended_ns;
    const bool built = touched && (!is_of_system(file.path) || file.signature.modified_ns >= builds_.began_ns);
    const TracedFile* const twin = trace_of(side == Side::base ? Side::head : Side::base).find(file.path);
    if (!built || twin == nullptr || !twin->read || is_cached(file.path)) return Nothing{};
    if (const std::optional<std::string> package = in_package(file.path); package && !is_of_project(*package)) {
      note_shared(file);
      return Nothing{};
    }
    return error(
        fmt::format("base and head both use {}, which a build changed: it is of one of them only, so both would "
                    "run the same code",
                    shown(file.path)),
        "let the build install into the side's own checkout, such as --prefix=$PWD/prefix, or into a virtual "
        "environment there");
  }

  // There a link to a file, or new rights, are more likely than a build that overwrites it and keeps its time.
  [[nodiscard]] static bool is_of_system(const std::string& path) {
    return !in_package(path) && std::any_of(k_system.begin(), k_system.end(),
                                            [&](std::string_view folder) { return path.starts_with(folder); });
  }

  [[nodiscard]] static bool is_cached(const std::string& path) {
    return std::any_of(k_caches.begin(), k_caches.end(),
                       [&](std::string_view folder) { return path.find(folder) != std::string::npos; });
  }

  // The path below the folder of packages.
  [[nodiscard]] static std::optional<std::string> in_package(const std::string& path) {
    for (const std::string_view folder : k_packages)
      if (const std::size_t at = path.rfind(folder); at != std::string::npos) return path.substr(at + folder.size());
    return std::nullopt;
  }

  // A copy of a file that both sides have alike is no harm; one that they have not is, or one of their own package that
  // was made by the build.
  [[nodiscard]] bool is_of_project(const std::string& in_package) const {
    const std::string package = in_package.substr(0, in_package.find('/'));
    bool known = false;
    for (const std::string_view folder : k_sources) {
      const std::string inside = std::string(folder) + in_package;
      if (look_(places_.head + inside).kind == TracedFile::Kind::file) return differs(inside);
      known = known || look_(places_.head + std::string(folder) + package).kind == TracedFile::Kind::folder;
    }
    return known;
  }

  void note_shared(const TracedFile& file) { shared_.insert(file.path); }

  [[nodiscard]] std::string shown(const std::string& path) const {
    const bool inside = !places_.top.empty() && is_below(path, places_.top);
    return text::one_line(inside ? path.substr(places_.top.size() + 1) : path);
  }

  [[nodiscard]] Error error(const std::string& what, std::string cure) const {
    return {.kind = ErrorKind::benchmark,
            .what = fmt::format("suite '{}': {}", text::one_line(traces_.suite), what),
            .hint = std::move(cure)};
  }

  const CaseTraces& traces_;
  const Places& places_;
  const BuildTime& builds_;
  const Look& look_;
  std::set<std::string> shared_;
};

}  // namespace

bool is_below(const std::string& path, const std::string& folder) {
  return !folder.empty() && path.size() > folder.size() && path.starts_with(folder) && path[folder.size()] == '/';
}

Result<std::vector<Warning>> check_own_code(const CaseTraces& traces, const Places& places, const BuildTime& builds,
                                            const Look& look) {
  return Checker(traces, places, builds, look).check();
}

}  // namespace perfwarden::app
