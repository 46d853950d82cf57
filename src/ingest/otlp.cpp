#include "ingest/otlp.hpp"

#include <nlohmann/json.hpp>
#include <optional>

#include "base/text.hpp"
#include "json/parse.hpp"

namespace perfwarden::ingest {
namespace {

using Node = nlohmann::json;

constexpr std::size_t k_most_spans = 1'000'000;

const Node& member(const Node& object, const char* key) {
  static const Node k_nothing;
  if (!object.is_object()) return k_nothing;
  const auto found = object.find(key);
  return found == object.end() ? k_nothing : *found;
}

std::string span_text(const Node& object, const char* key) {
  const Node& value = member(object, key);
  return value.is_string() ? value.get<std::string>() : std::string();
}

// OTLP writes 64-bit numbers as texts, since JavaScript rounds them.
double span_number(const Node& object, const char* key) {
  const Node& value = member(object, key);
  if (value.is_number()) return value.get<double>();
  return value.is_string() ? text::to_double(value.get<std::string>()).value_or(0) : 0;
}

std::string attribute(const Node& object, std::string_view newer, std::string_view older = {}) {
  std::string out;
  for (const Node& one : member(object, "attributes")) {
    const std::string key = span_text(one, "key");
    std::string value = span_text(member(one, "value"), "stringValue");
    if (key == newer) return value;
    if (!older.empty() && key == older) out = value;
  }
  return out;
}

Span span_of(const Node& node, const std::string& service) {
  Span out;
  out.trace = span_text(node, "traceId");
  out.id = span_text(node, "spanId");
  out.parent = span_text(node, "parentSpanId");
  out.name = span_text(node, "name");
  out.service = service;
  out.function = attribute(node, "code.function.name", "code.function");
  const std::string path = attribute(node, "http.route", "url.path");
  const std::string method = attribute(node, "http.request.method", "http.method");
  if (!path.empty()) out.route = method.empty() ? path : method + " " + path;
  out.server = span_number(node, "kind") == 2 || span_text(node, "kind") == "SPAN_KIND_SERVER";
  out.seconds = (span_number(node, "endTimeUnixNano") - span_number(node, "startTimeUnixNano")) * 1e-9;
  return out;
}

Status take_document(std::string_view text, const std::string& file_name, std::vector<Span>& into) {
  PW_TRY_ASSIGN(const Node json, json::parse(text, file_name));
  if (!member(json, "resourceSpans").is_array())
    return Error{.kind = ErrorKind::parse,
                 .what = "there are no resourceSpans",
                 .where = file_name,
                 .hint = "write OTLP JSON, as the file exporter of the OpenTelemetry collector does"};
  for (const Node& resource : member(json, "resourceSpans")) {
    const std::string service = attribute(member(resource, "resource"), "service.name");
    for (const Node& scope : member(resource, "scopeSpans"))
      for (const Node& span : member(scope, "spans"))
        if (span.is_object() && into.size() < k_most_spans) into.push_back(span_of(span, service));
  }
  return Nothing{};
}

}  // namespace

Result<std::vector<Span>> read_otlp(std::string_view text, const std::string& file_name) {
  std::vector<Span> out;
  if (!take_document(text, file_name, out)) {  // a document a line
    out.clear();
    for (const std::string_view line : text::lines(text))
      if (!text::trim(line).empty()) PW_TRY(take_document(line, file_name, out));
  }
  if (!out.empty()) return out;
  return Error{.kind = ErrorKind::parse, .what = "it holds no span", .where = file_name};
}

}  // namespace perfwarden::ingest
