#include "support/openapi.hpp"

#include <fmt/format.h>

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

#include "base/text.hpp"

namespace perfwarden::support {

using nlohmann::json;

struct OpenApi::Description {
  json value;
};

namespace {

using Adapter = valijson::adapters::NlohmannJsonAdapter;

// "" when `value` has the schema; else the first complaints.
std::string schema_violation(const json& schema_json, const json& value) {
  valijson::Schema schema;
  valijson::SchemaParser parser;
  parser.populateSchema(Adapter(schema_json), schema);
  valijson::Validator validator;
  valijson::ValidationResults results;
  if (validator.validate(schema, Adapter(value), &results)) return "";
  std::string out;
  valijson::ValidationResults::Error error;
  while (results.popError(error)) {
    for (const std::string& step : error.context) out += step;
    out += ": " + error.description + "; ";
  }
  return out;
}

// Keys of `value` that no alternative of the schema names. GitHub ignores them; we do not send what is ignored.
std::string unknown_key(const json& schema, const json& value) {
  if (!value.is_object()) return "";
  std::map<std::string, bool> known;
  const auto add = [&](const json& one) {
    const json properties = one.value("properties", json::object());
    for (const auto& entry : properties.items()) known[entry.key()] = true;
  };
  add(schema);
  for (const char* combination : {"oneOf", "anyOf", "allOf"})
    for (const json& one : schema.value(combination, json::array())) add(one);
  for (const auto& entry : value.items())
    if (!known.contains(entry.key())) return entry.key();
  return "";
}

// The path's parameters when it has the template's shape.
std::optional<std::map<std::string, std::string>> match(const std::string& pattern, const std::string& path) {
  const auto want = text::split(pattern, '/');
  const auto got = text::split(path, '/');
  if (want.size() != got.size()) return std::nullopt;
  std::map<std::string, std::string> values;
  for (std::size_t i = 0; i < want.size(); ++i) {
    if (want[i].starts_with('{')) {
      if (got[i].empty()) return std::nullopt;
      values[std::string(want[i].substr(1, want[i].size() - 2))] = percent_decode(std::string(got[i]));
    } else if (want[i] != got[i]) {
      return std::nullopt;
    }
  }
  return values;
}

json typed(const std::string& text, const json& schema) {
  const std::string type = schema.value("type", "string");
  if (type == "integer" || type == "number")
    if (const auto number = text::to_integer(text)) return *number;
  if (type == "boolean" && (text == "true" || text == "false")) return text == "true";
  return text;
}

std::map<std::string, std::string> query_of(const std::string& query) {
  std::map<std::string, std::string> out;
  for (const std::string_view part : text::split(query, '&')) {
    if (part.empty()) continue;
    const std::size_t equal = part.find('=');
    out[std::string(part.substr(0, equal))] =
        equal == std::string_view::npos ? "" : percent_decode(std::string(part.substr(equal + 1)));
  }
  return out;
}

std::string parameter_violation(const json& operation, const std::map<std::string, std::string>& path_values,
                                std::map<std::string, std::string> query) {
  for (const json& parameter : operation.at("parameters")) {
    const std::string name = parameter.at("name");
    const bool in_query = parameter.at("in") == "query";
    const auto& values = in_query ? query : path_values;
    const auto found = values.find(name);
    if (found == values.end()) {
      if (parameter.value("required", false)) return fmt::format("parameter '{}' is missing", name);
      continue;
    }
    const json value = typed(found->second, parameter.at("schema"));
    if (const std::string wrong = schema_violation(parameter.at("schema"), value); !wrong.empty())
      return fmt::format("parameter '{}' = '{}': {}", name, found->second, wrong);
    if (name == "per_page" && (value < 1 || value > 100)) return "per_page must be from 1 to 100";
    if (in_query) query.erase(name);
  }
  return query.empty() ? "" : fmt::format("parameter '{}' is unknown", query.begin()->first);
}

std::string body_violation(const json& operation, const WireRequest& request) {
  if (!operation.contains("requestBody")) return request.body.empty() ? "" : "a body where none belongs";
  if (request.body.empty()) return operation["requestBody"].value("required", false) ? "the body is missing" : "";
  if (request.header("content-type") != "application/json") return "the body is not declared as JSON";
  const json body = json::parse(request.body, nullptr, false);
  if (body.is_discarded()) return "the body is not JSON";
  const json& schema = operation["requestBody"]["content"]["application/json"]["schema"];
  if (const std::string wrong = schema_violation(schema, body); !wrong.empty()) return "body: " + wrong;
  const std::string unknown = unknown_key(schema, body);
  return unknown.empty() ? "" : fmt::format("body: key '{}' is unknown", unknown);
}

}  // namespace

std::string percent_decode(const std::string& s) {
  std::string out;
  for (std::size_t i = 0; i < s.size(); ++i) {
    if (s[i] == '%' && i + 2 < s.size()) {
      out += static_cast<char>(std::stoi(s.substr(i + 1, 2), nullptr, 16));
      i += 2;
    } else {
      out += s[i];
    }
  }
  return out;
}

OpenApi::OpenApi(const std::string& description)
    : description_(std::make_unique<Description>(Description{json::parse(description)})) {}
OpenApi::~OpenApi() = default;

std::string OpenApi::violation(const WireRequest& request, const std::string& path) const {
  for (const auto& [pattern, operations] : description_->value.at("paths").items()) {
    const auto values = match(pattern, path);
    if (!values) continue;
    const auto operation = operations.find(text::lower(request.method));
    if (operation == operations.end()) continue;
    if (std::string wrong = parameter_violation(*operation, *values, query_of(request.query())); !wrong.empty())
      return wrong;
    return body_violation(*operation, request);
  }
  return "no such operation in GitHub's description";
}

std::string OpenApi::answer_violation(const std::string& path, const std::string& text) const {
  const json& paths = description_->value.at("paths");
  if (!paths.contains(path) || !paths[path].contains("get")) return "GET " + path + " is not described";
  json schema = paths[path]["get"]["responses"]["200"]["content"]["application/json"]["schema"];
  schema["components"] = description_->value["components"];  // where its references lead
  return schema_violation(schema, json::parse(text));
}

std::vector<std::string> OpenApi::paths() const {
  std::vector<std::string> out;
  for (const auto& entry : description_->value.at("paths").items())
    if (entry.value().contains("get")) out.push_back(entry.key());
  return out;
}

}  // namespace perfwarden::support
