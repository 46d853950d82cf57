#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"

namespace perfwarden::ingest {

struct XmlElement {
  std::string_view name;
  std::vector<std::pair<std::string_view, std::string_view>> attributes;
  int line = 0;
  [[nodiscard]] std::string_view attribute(std::string_view key) const;  // empty when there is none
};

// Reads XML of any size in one pass, holding no tree. `open` is called for each element's beginning, `close` with its
// name at its end; open's first error ends the reading. Hostile text: at most 64 levels; a document type declaration is
// refused, so there are no entities to expand and nothing external to load. Error (parse) with "name:line:column".
[[nodiscard]] Status walk_xml(std::string_view text, const std::string& name,
                              const std::function<Status(const XmlElement&)>& open,
                              const std::function<void(std::string_view)>& close);

}  // namespace perfwarden::ingest
