#pragma once

#include <memory>
#include <string>
#include <vector>

#include "support/http_server.hpp"

namespace perfwarden::support {

// OpenApi checks requests against an OpenAPI 3.0 description: method and path exist, path and query
// parameters have the right types, bounds and enums and none is unknown, the body has the right
// schema and no key that the schema does not name.
class OpenApi {
 public:
  explicit OpenApi(const std::string& description);
  ~OpenApi();
  OpenApi(const OpenApi&) = delete;
  OpenApi& operator=(const OpenApi&) = delete;

  // "" when the request is allowed, else what is wrong with it. `path` is without any prefix of the API.
  [[nodiscard]] std::string violation(const WireRequest& request, const std::string& path) const;
  // "" when an answer with status 200 to GET of that path of the description ("/alerts/{id}") may be this JSON. For
  // descriptions of OpenAPI 3.1, whose schemas are those of JSON Schema.
  [[nodiscard]] std::string answer_violation(const std::string& path, const std::string& json) const;
  [[nodiscard]] std::vector<std::string> paths() const;  // that can be read by GET

 private:
  struct Description;
  std::unique_ptr<Description> description_;
};

[[nodiscard]] std::string percent_decode(const std::string& text);

}  // namespace perfwarden::support
