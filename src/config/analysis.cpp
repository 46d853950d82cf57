#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "config/parts.hpp"

namespace perfwarden::config {
namespace {

constexpr std::string_view k_min_rating = "min-rating";

Type<double> rating_type() {
  return number_type(1, 10);
}

const Fields<RatingLimits>& rating_fields() {
  using R = RatingLimits;
  static const Fields<R> k_fields{row("warn", &R::warn, rating_type(), "below it: a warning"),
                                  row("soft", &R::soft, rating_type(),
                                      "below it the run fails, unless a person accepts it with the override label"),
                                  row("hard", &R::hard, rating_type(), "below it the run fails, and no label helps")};
  return k_fields;
}

void check_order(Reader& reader, const Node& node, const RatingLimits& limits) {
  const auto below = [](const std::optional<double>& milder, const std::optional<double>& harder) {
    return milder && harder && *milder < *harder;
  };
  if (below(limits.warn, limits.soft) || below(limits.soft, limits.hard) || below(limits.warn, limits.hard))
    reader.problem(node, "the levels of 'min-rating' are out of order",
                   "warn must be the highest and hard the lowest: { warn: 6, soft: 5, hard: 4 }");
}

void take_min_rating(const Section& section, AnalysisConfig& out) {
  const Node* node = section.find(k_min_rating);
  if (node == nullptr || is_off(*node)) return section.record(k_min_rating, "off", node);
  if (node->kind != Node::Kind::map) {
    out.min_rating.soft = rating_type().read(section.reader(), *node, k_min_rating);
    if (out.min_rating.soft) section.record("min-rating.soft", rating_type().print(*out.min_rating.soft), node);
    return;
  }
  const Section inner(section.reader(), node, section.path(k_min_rating), "'min-rating'", names_of(rating_fields()),
                      {.only_given = true});
  read(inner, rating_fields(), out.min_rating);
  check_order(section.reader(), *node, out.min_rating);
}

Field<AnalysisConfig> min_rating_field() {
  return special<AnalysisConfig>(
      {.name = std::string(k_min_rating),
       .value = "`off`, 1 to 10 or levels",
       .preset = "`off`",
       .sentence = "the lowest overall rating that passes; a number alone is short for `soft`",
       .schema = fmt::format(R"({{"anyOf": [{{"enum": ["off", false]}}, {}]}})", rating_type().schema),
       .mapping = R"({"minProperties": 1})",
       .keys = keys_of(rating_fields()),
       .file_only = true},
      take_min_rating);
}

bool is_address(std::string_view s) {
  const bool visible = std::all_of(s.begin(), s.end(), [](char c) { return c > ' ' && c < '\x7f'; });
  const auto is_at = [s](std::string_view host) {
    return s.starts_with(host) && s.size() > host.size() && (s[host.size()] == ':' || s[host.size()] == '/');
  };
  return visible && (s.starts_with("https://") || is_at("http://localhost") || is_at("http://127.0.0.1"));
}

Type<std::string> endpoint_type() {
  Type<std::string> type = text_type();
  type.value = "`https://…`";
  type.schema = R"({"type": "string", "pattern": "^(https://|http://(localhost|127\\.0\\.0\\.1)[:/])[!-~]+$"})";
  type.read = [](Reader& reader, const Node& node, std::string_view key) {
    auto text = reader.text(node, key);
    if (!text || is_address(*text)) return text;
    reader.problem(node, fmt::format("'{}' is not an address", text::one_line(*text)), "write https://…");
    return std::optional<std::string>();
  };
  return type;
}

Field<AnalysisConfig> ai_field() {
  using A = AiConfig;
  return mapping<AnalysisConfig, A>(
      "ai", &AnalysisConfig::ai,
      {row("endpoint", &A::endpoint, endpoint_type(),
           "the whole address; its token is in AI_ANALYSIS_TOKEN, or the secret of signed ones in AI_ANALYSIS_SECRET"),
       row("api", &A::api, choice_type<AiApi>(),
           "`analyze` answers summary_override and recommendations; `chat` is an OpenAI-compatible chat endpoint"),
       row("model", &A::model, text_type(), "for `chat`"),
       row("input", &A::input, choice_type<AiInput>(),
           "what is sent: names and numbers, or commit subjects too; never source code"),
       row("timeout", &A::timeout_s, duration_type(), "after that long the report goes on without it")},
      "a model that may add words to the report, and decides nothing; off unless an endpoint is given");
}

}  // namespace

Field<Config> analysis_field() {
  using A = AnalysisConfig;
  return mapping<Config, A>(
             "analysis", &Config::analysis,
             {row("dir", &A::directory, path_type(), "folder that report.json and report.md are copied to")
                  .value("path"),
              row("flat", &A::flat, percent_type({0.01, 100}),
                  "points by which a function's own share must rise or fall to be listed"),
              row("new", &A::added, percent_type({0.01, 100}),
                  "share that a new or removed function must have to be listed"),
              row("benchmark", &A::benchmark, percent_type({0.01, 1000}),
                  "change that a benchmark must have to be listed"),
              row("spans", &A::spans, path_type(),
                  "OTLP JSON with the spans of a run: changed functions that a span names (code.function) are tied to "
                  "endpoints")
                  .value("path"),
              min_rating_field(), ai_field()},
             "what the analysis lists, and how it is rated")
      .more("see [docs/analysis.md](../docs/analysis.md)")
      .trusted(Trust::base_only);  // an address that a token goes to
}

}  // namespace perfwarden::config
