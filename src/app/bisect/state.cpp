#include "app/bisect/state.hpp"

#include <fmt/format.h>

#include <utility>

#include "app/pipe/tuned_machine.hpp"
#include "base/sha256.hpp"
#include "base/text.hpp"
#include "json/cursor.hpp"
#include "json/parse.hpp"
#include "json/write.hpp"
#include "os/files/files.hpp"

namespace perfwarden::app {
namespace {

using OrderedJson = nlohmann::ordered_json;

constexpr std::size_t k_most = 1'000'000;  // of any list

OrderedJson numbers(const std::vector<double>& values) {
  OrderedJson out = OrderedJson::array();
  for (const double value : values) out.push_back(json::exact_number(value));
  return out;
}

OrderedJson to_json(const BisectChange& change) {
  return {{"suite", change.id.suite},
          {"benchmark", change.id.benchmark},
          {"metric", change.id.metric},
          {"worse_by", json::exact_number(change.worse_by)},
          {"low", json::exact_number(change.low)},
          {"high", json::exact_number(change.high)},
          {"pairs", change.pairs},
          {"confidence", change.confidence},
          {"logs", numbers(change.logs)}};
}

OrderedJson to_json(const Stretch& stretch) {
  return {{"from", stretch.from}, {"to", stretch.to}, {"inside", stretch.inside}};
}

OrderedJson to_json(const Culprit& culprit) {
  OrderedJson out{{"sha", culprit.sha},
                  {"parent", culprit.parent},
                  {"or_else", culprit.or_else},
                  {"probability", culprit.probability},
                  {"change", to_json(culprit.change)},
                  {"others", OrderedJson::array()},
                  {"doubt", culprit.doubt}};
  for (const BisectChange& other : culprit.others) out["others"].push_back(to_json(other));
  return out;
}

std::vector<double> numbers(const json::Cursor& at) {
  std::vector<double> out;
  at.each(k_most, [&out](const json::Cursor& item) { out.push_back(item.number()); });
  return out;
}

std::vector<std::string> texts(const json::Cursor& at) {
  std::vector<std::string> out;
  at.each(k_most, [&out](const json::Cursor& item) { out.push_back(item.text()); });
  return out;
}

BisectChange change_in(const json::Cursor& at) {
  return {{at["suite"].text(), at["benchmark"].text(), at["metric"].text()},
          at["worse_by"].number(),
          at["low"].number(),
          at["high"].number(),
          at["pairs"].size(),
          at["confidence"].text(),
          numbers(at["logs"])};
}

Stretch stretch_in(const json::Cursor& at) {
  return {at["from"].text(), at["to"].text(), at["inside"].flag()};
}

Culprit culprit_in(const json::Cursor& at) {
  Culprit out{at["sha"].text(),           at["parent"].text(),     texts(at["or_else"]),
              at["probability"].number(), change_in(at["change"]), {},
              at["doubt"].text()};
  at["others"].each(k_most, [&out](const json::Cursor& item) { out.others.push_back(change_in(item)); });
  return out;
}

BisectState state_in(const json::Cursor& at) {
  BisectState out;
  out.question = {at["good"].text(), at["bad"].text(), at["benchmark"].text(), at["config"].text(),
                  at["machine"].text()};
  if (!at["proof"].is_null()) out.proof = change_in(at["proof"]);
  out.only = texts(at["only"]);
  at["readings"].each_member(k_most, [&out](const std::string& tree, const json::Cursor& reading) {
    out.readings[tree] = {numbers(reading["pairs"]), reading["told"].one_of<bisect::Told>(), reading["why_not"].text()};
  });
  for (std::string& sha : texts(at["innocent"])) out.innocent.insert(std::move(sha));
  if (!at["stretch"].is_null()) out.stretch = stretch_in(at["stretch"]);
  at["later"].each(k_most, [&out](const json::Cursor& item) { out.later.push_back(stretch_in(item)); });
  at["culprits"].each(k_most, [&out](const json::Cursor& item) { out.culprits.push_back(culprit_in(item)); });
  out.visits = at["visits"].size();
  out.pairs = at["pairs"].size();
  out.seconds = at["seconds"].number();
  return out;
}

}  // namespace

std::string BisectQuestion::file() const {
  return fmt::format("{}/bisect/{}.json", k_work_directory, sha256(good + " " + bad + " " + benchmark).substr(0, 16));
}

std::string state_text(const BisectState& state) {
  OrderedJson out{{"schema", k_bisect_schema},
                  {"good", state.question.good},
                  {"bad", state.question.bad},
                  {"benchmark", state.question.benchmark},
                  {"config", state.question.config_hash},
                  {"machine", state.question.fingerprint},
                  {"proof", state.proof ? to_json(*state.proof) : OrderedJson()},
                  {"only", state.only},
                  {"readings", OrderedJson::object()},
                  {"innocent", state.innocent},
                  {"stretch", state.stretch ? to_json(*state.stretch) : OrderedJson()},
                  {"later", OrderedJson::array()},
                  {"culprits", OrderedJson::array()},
                  {"visits", state.visits},
                  {"pairs", state.pairs},
                  {"seconds", state.seconds}};
  for (const auto& [tree, reading] : state.readings)
    out["readings"][tree] = {
        {"pairs", numbers(reading.pairs)}, {"told", name_of(reading.told)}, {"why_not", reading.why_not}};
  for (const Stretch& stretch : state.later) out["later"].push_back(to_json(stretch));
  for (const Culprit& culprit : state.culprits) out["culprits"].push_back(to_json(culprit));
  return json::pretty(out);
}

Result<BisectState> read_state(std::string_view text, const std::string& file) {
  constexpr std::string_view k_cure = "begin again with --restart";
  PW_TRY_ASSIGN(const nlohmann::json read, json::parse(text, file, {.hint = k_cure}));
  json::Cursor::Problem problem;
  const json::Cursor root(read, "", problem);
  const std::string schema = root["schema"].text();
  if (problem.what.empty() && schema != k_bisect_schema)
    return Error{
        .kind = ErrorKind::parse,
        .what = fmt::format("schema '{}' is not {}", text::truncate(text::one_line(schema), 60), k_bisect_schema),
        .where = file,
        .hint = std::string(k_cure)};
  BisectState out = state_in(root);
  if (!problem.what.empty())
    return Error{.kind = ErrorKind::parse,
                 .what = fmt::format("{}: {}", problem.place, problem.what),
                 .where = file,
                 .hint = std::string(k_cure)};
  return out;
}

Result<BisectState> find_state(const BisectQuestion& question) {
  const std::string file = question.file();
  BisectState fresh;
  fresh.question = question;
  fresh.stretch = Stretch{question.good, question.bad};
  if (!os::exists(file)) return fresh;
  PW_TRY_ASSIGN(const std::string text, os::read_file(file));
  PW_TRY_ASSIGN(BisectState found, read_state(text, file));
  const auto refuse = [&file](const std::string& what) {
    return Error{.kind = ErrorKind::usage,
                 .what = what + " since this search began, so that its numbers mean something else",
                 .where = file,
                 .hint = "begin again with --restart"};
  };
  if (found.question.good != question.good || found.question.bad != question.bad ||
      found.question.benchmark != question.benchmark)
    return refuse("the question has changed");
  if (found.question.config_hash != question.config_hash) return refuse("the config has changed");
  if (found.question.fingerprint != question.fingerprint) return refuse("the machine has changed");
  return found;
}

Status save_state(const BisectState& state) {
  return os::write_file(state.question.file(), state_text(state));
}

}  // namespace perfwarden::app
