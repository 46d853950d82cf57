#include "store/encode.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <iterator>
#include <limits>
#include <nlohmann/json.hpp>
#include <numeric>
#include <set>

#include "base/hash.hpp"
#include "base/text.hpp"
#include "json/parse.hpp"
#include "json/write.hpp"

namespace perfwarden::store {
namespace {

using Json = nlohmann::json;

void put(std::uint64_t value, std::size_t bytes, std::string& out) {
  for (std::size_t i = 0; i < bytes; ++i) out += static_cast<char>(value >> (8 * i) & 0xFF);
}

std::uint64_t take(std::size_t bytes, std::string_view& in) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < bytes; ++i) value |= std::uint64_t{static_cast<unsigned char>(in[i])} << (8 * i);
  in.remove_prefix(bytes);
  return value;
}

// Calls `use(first, second)` for each [text, text] of a JSON list.
template <class Use>
void each_pair(std::string_view text, Use use) {
  const Result<Json> list = json::parse(text);
  if (!list || !list.value().is_array()) return;
  for (const Json& row : *list)
    if (row.is_array() && row.size() == 2 && row[0].is_string() && row[1].is_string())
      use(row[0].get<std::string>(), row[1].get<std::string>());
}

double quantile(const std::vector<double>& sorted, double q) {
  const double at = q * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(at);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (at - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

double variation(const std::vector<double>& values) {
  if (values.size() < 2) return k_nan;
  const auto n = static_cast<double>(values.size());
  const double mean = std::accumulate(values.begin(), values.end(), 0.0) / n;
  double squares = 0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  return mean == 0 ? k_nan : std::sqrt(squares / (n - 1)) / std::abs(mean);
}

// Takes `word` from the front of `in`; false when it is not there.
bool take_word(std::string_view word, std::string_view& in) {
  if (!in.starts_with(word)) return false;
  in.remove_prefix(word.size());
  return true;
}

// A number, null, "inf" or "-inf".
std::optional<double> take_number(std::string_view& in) {
  if (take_word("null", in)) return k_nan;
  if (take_word("\"inf\"", in)) return std::numeric_limits<double>::infinity();
  if (take_word("\"-inf\"", in)) return -std::numeric_limits<double>::infinity();
  double value = 0;
  const auto [end, failed] = std::from_chars(in.data(), in.data() + in.size(), value);
  if (failed != std::errc() || !std::isfinite(value)) return std::nullopt;
  in.remove_prefix(static_cast<std::size_t>(end - in.data()));
  return value;
}

// "[", items as `take` reads them, separated by commas, "]".
template <class Take>
bool take_list(std::string_view& in, Take take) {
  if (!take_word("[", in)) return false;
  if (take_word("]", in)) return true;
  do {
    if (!take()) return false;
  } while (take_word(",", in));
  return take_word("]", in);
}

}  // namespace

std::string encode_numbers(const std::vector<std::vector<double>>& invocations) {
  std::string out = "[";
  for (const std::vector<double>& values : invocations) {
    out += out.size() > 1 ? ",[" : "[";
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (i > 0) out += ',';
      if (std::isfinite(values[i]))
        fmt::format_to(std::back_inserter(out), "{}", values[i]);  // the shortest that gives the number back
      else
        out += std::isnan(values[i]) ? "null" : values[i] > 0 ? "\"inf\"" : "\"-inf\"";
    }
    out += ']';
  }
  return out + "]";
}

std::optional<std::vector<std::vector<double>>> decode_numbers(std::string_view json_text) {
  std::vector<std::vector<double>> out;
  const bool whole = take_list(json_text, [&] {
    std::vector<double>& values = out.emplace_back();
    return take_list(json_text, [&] {
      const std::optional<double> value = take_number(json_text);
      if (value) values.push_back(*value);
      return value.has_value();
    });
  });
  if (!whole || !json_text.empty()) return std::nullopt;
  return out;
}

std::string encode_values(const std::vector<std::vector<double>>& invocations) {
  std::string out;
  for (const std::vector<double>& values : invocations) {
    put(values.size(), 4, out);
    for (const double value : values) put(std::bit_cast<std::uint64_t>(value), 8, out);
  }
  return out;
}

std::optional<std::vector<std::vector<double>>> decode_values(std::string_view bytes) {
  std::vector<std::vector<double>> out;
  while (!bytes.empty()) {
    if (bytes.size() < 4) return std::nullopt;
    const std::uint64_t count = take(4, bytes);
    if (bytes.size() / 8 < count) return std::nullopt;
    std::vector<double>& values = out.emplace_back();
    values.reserve(count);
    for (std::uint64_t i = 0; i < count; ++i) values.push_back(std::bit_cast<double>(take(8, bytes)));
  }
  return out;
}

std::string digest_of(const RunInfo& run, const std::vector<Series>& series, const std::vector<Failure>& failures) {
  const auto add = [](std::string_view text, std::uint64_t hash) {
    return fnv1a(text, fnv1a(std::to_string(text.size()), hash));
  };
  std::uint64_t of_run = 0;
  for (const std::string* text : {&run.commit, &run.branch, &run.time, &run.session, &run.machine.fingerprint})
    of_run = add(*text, of_run);
  std::uint64_t sum = of_run;
  std::set<SeriesId> seen;
  for (const Series& one : series) {
    if (!seen.insert(one.id).second) continue;
    std::uint64_t hash = of_run;
    for (const std::string* text : {&one.id.suite, &one.id.benchmark, &one.id.metric, &one.metric.unit})
      hash = add(*text, hash);
    hash = add(name_of(one.metric.better), hash);
    hash = add(one.metric.deterministic ? "exact" : "", hash);
    hash = add(one.metric.primary ? "primary" : "", hash);
    if (const std::string naming = encode_naming(one); !naming.empty()) hash = add(naming, hash);
    sum += add(encode_values(one.invocations), hash);
  }
  if (!failures.empty()) sum += add(encode_failures(failures), of_run);
  return hex16(sum);
}

std::string encode_facts(const Machine& machine) {
  Json list = Json::array();
  for (const auto& [name, value] : machine.facts) list.push_back({name, value});
  return json::dump(list);
}

void decode_facts(std::string_view json_text, Machine& machine) {
  each_pair(json_text, [&](std::string name, std::string value) {
    machine.facts.emplace_back(std::move(name), std::move(value));
  });
}

std::string encode_warnings(const std::vector<Warning>& warnings) {
  Json list = Json::array();
  for (const Warning& warning : warnings) list.push_back({warning.code, warning.text});
  return json::dump(list);
}

std::vector<Warning> decode_warnings(std::string_view json_text) {
  std::vector<Warning> out;
  each_pair(json_text, [&](std::string code, std::string text) { out.push_back({std::move(code), std::move(text)}); });
  return out;
}

std::string encode_times(const std::vector<UnitTime>& times) {
  Json list = Json::array();
  for (const UnitTime& time : times) list.push_back(Json::array({time.suite, time.case_name, time.seconds}));
  return json::dump(list);
}

std::vector<UnitTime> decode_times(std::string_view json_text) {
  std::vector<UnitTime> out;
  const Result<Json> list = json::parse(json_text);
  if (!list || !list.value().is_array()) return out;
  for (const Json& row : *list)
    if (row.is_array() && row.size() == 3 && row[0].is_string() && row[1].is_string() && row[2].is_number())
      out.push_back({row[0].get<std::string>(), row[1].get<std::string>(), row[2].get<double>()});
  return out;
}

std::string encode_failures(const std::vector<Failure>& failures) {
  Json list = Json::array();
  for (const Failure& one : failures)
    list.push_back(
        Json::array({one.suite, one.case_name, one.benchmark, one.failed, one.runs, one.dropped, one.reason}));
  return json::dump(list);
}

std::vector<Failure> decode_failures(std::string_view json_text) {
  std::vector<Failure> out;
  const Result<Json> list = json::parse(json_text);
  if (!list || !list.value().is_array()) return out;
  for (const Json& row : *list) {
    const bool whole = row.is_array() && row.size() == 7 && row[0].is_string() && row[1].is_string() &&
                       row[2].is_string() && row[3].is_number_unsigned() && row[4].is_number_unsigned() &&
                       row[5].is_boolean() && row[6].is_string();
    if (!whole) continue;
    out.push_back({row[0].get<std::string>(), row[1].get<std::string>(), row[2].get<std::string>(),
                   row[3].get<std::size_t>(), row[4].get<std::size_t>(), row[5].get<bool>(),
                   row[6].get<std::string>()});
  }
  return out;
}

std::string encode_naming(const Series& series) {
  if (series.qualifiers.empty()) return "";
  Json qualifiers = Json::array();
  for (const Qualifier& one : series.qualifiers) qualifiers.push_back({one.key, one.value});
  return json::dump(Json::array({series.plain_name, std::move(qualifiers)}));
}

void decode_naming(std::string_view json_text, Series& series) {
  const Result<Json> naming = json_text.empty() ? Result<Json>(Json()) : json::parse(json_text);
  if (!naming || !naming->is_array() || naming->size() != 2 || !(*naming)[0].is_string()) return;
  series.plain_name = (*naming)[0].get<std::string>();
  each_pair(json::dump((*naming)[1]), [&](std::string key, std::string value) {
    series.qualifiers.push_back({std::move(key), std::move(value)});
  });
}

std::vector<Criterion> decode_criteria(std::string_view json_text) {
  std::vector<Criterion> out;
  const Result<Json> list = json::parse(json_text);
  if (!list || !list->is_array()) return out;
  for (const Json& row : *list) {
    if (!row.is_array() || row.size() != 3 || !row[0].is_string() || !row[1].is_boolean() || !row[2].is_string())
      continue;
    const auto name = std::find(k_criteria.begin(), k_criteria.end(), row[0].get<std::string>());
    if (name != k_criteria.end()) out.push_back({*name, row[1].get<bool>(), row[2].get<std::string>()});
  }
  return out;
}

std::string encode_criteria(const std::vector<Criterion>& criteria) {
  Json list = Json::array();
  for (const Criterion& criterion : criteria)
    list.push_back(Json::array({std::string(criterion.name), criterion.met, criterion.detail}));
  return json::dump(list);
}

std::string encode_functions(const std::vector<FunctionShare>& functions) {
  Json list = Json::array();
  for (std::size_t i = 0; i < std::min(functions.size(), ProfileSummary::k_most_functions); ++i)
    list.push_back(Json::array({functions[i].name, functions[i].self, functions[i].total}));
  return json::dump(list);
}

std::vector<FunctionShare> decode_functions(std::string_view json_text) {
  std::vector<FunctionShare> out;
  const Result<Json> list = json::parse(json_text);
  if (!list || !list->is_array()) return out;
  for (const Json& row : *list)
    if (row.is_array() && row.size() == 3 && row[0].is_string() && row[1].is_number() && row[2].is_number())
      out.push_back({row[0].get<std::string>(), row[1].get<double>(), row[2].get<double>()});
  return out;
}

std::optional<Rating> decode_rating(double cpu, double memory) {
  Rating out;
  out.cpu_measured = !std::isnan(cpu);
  out.memory_measured = !std::isnan(memory);
  if (!out.cpu_measured && !out.memory_measured) return std::nullopt;
  if (out.cpu_measured) out.cpu = cpu;
  if (out.memory_measured) out.memory = memory;
  out.overall = (out.cpu + out.memory) / 2;
  return out;
}

std::string month_of(std::string_view time) {
  constexpr std::string_view k_form = "dddd-dd-";
  for (std::size_t i = 0; i < k_form.size(); ++i)
    if (i >= time.size() || (k_form[i] == 'd' ? !text::is_digit(time[i]) : time[i] != k_form[i])) return "other";
  return std::string(time.substr(0, k_form.size() - 1));
}

Described describe(const std::vector<std::vector<double>>& invocations) {
  std::vector<double> medians, all;
  for (std::vector<double> values : invocations) {
    std::erase_if(values, [](double v) { return !std::isfinite(v); });
    if (values.empty()) continue;
    all.insert(all.end(), values.begin(), values.end());
    std::sort(values.begin(), values.end());
    medians.push_back(quantile(values, 0.5));
  }
  if (medians.empty()) return {};
  std::sort(medians.begin(), medians.end());
  std::sort(all.begin(), all.end());
  return {.n = medians.size(),
          .q1 = quantile(medians, 0.25),
          .median = quantile(medians, 0.5),
          .q3 = quantile(medians, 0.75),
          .coefficient_of_variation = variation(medians),
          .p95 = quantile(all, 0.95),
          .p99 = quantile(all, 0.99)};
}

}  // namespace perfwarden::store
