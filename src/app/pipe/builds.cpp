#include "app/pipe/builds.hpp"

#include <algorithm>
#include <optional>

#include "app/pipe/same_program.hpp"
#include "base/text.hpp"
#include "identity/elf.hpp"
#include "identity/producers.hpp"
#include "os/files/mapped.hpp"

namespace perfwarden::app {
namespace {

constexpr std::size_t k_largest_image = std::size_t{1} << 30;

std::optional<identity::Producers> producers_of(const std::string& side, const std::string& key) {
  const Result<os::MappedFile> file = os::MappedFile::open(real_path(side, key), k_largest_image);
  if (!file) return std::nullopt;
  const Result<identity::Image> image = identity::read_image(file->bytes());
  return image ? std::optional(identity::read_producers(*image)) : std::nullopt;
}

}  // namespace

std::vector<BuildDifference> compare_builds(const Trial& trial) {
  std::vector<BuildDifference> out;
  for (const auto& [place, programs] : trial.programs.cases) {
    for (const identity::ComparedImage& image : programs.images) {
      if (!image.path.starts_with(identity::k_side_top)) continue;
      const auto base = producers_of(trial.programs.places.base, image.path);
      const auto head = producers_of(trial.programs.places.head, image.path);
      if (!base || !head) continue;
      for (const identity::ProducerDifference& one : identity::differences(*base, *head)) {
        BuildDifference difference{place.first, std::string(one.what), text::one_line(one.base),
                                   text::one_line(one.head)};
        if (std::find(out.begin(), out.end(), difference) == out.end()) out.push_back(std::move(difference));
      }
    }
  }
  return out;
}

}  // namespace perfwarden::app
