#include "app/bisect/answer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/text.hpp"
#include "json/write.hpp"
#include "model/unit.hpp"

namespace perfwarden::app {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view k_hypothesis =
    "A commit that timings name is a hypothesis: read the change before anybody acts on it.";

std::string line_of(const BisectChange& change) {
  return fmt::format("{}  {} [{}, {}], {} pairs{}", text::one_line(change.id.path()), format_change(change.worse_by),
                     format_change(change.low), format_change(change.high), change.pairs,
                     change.confidence.empty() ? "" : ", " + change.confidence);
}

std::string quoted_for_shell(const std::string& word) {
  return "'" + text::replace_all(word, "'", "'\\''") + "'";
}

std::string reproduce(const Culprit& culprit) {
  return fmt::format("perfwarden check --head {} --base {} --suite {}", short_sha(culprit.sha),
                     short_sha(culprit.parent), culprit.change.id.suite);
}

Result<std::string> text_of(const checkout::Git& git, const Culprit& culprit) {
  if (culprit.sha.empty()) return "NO SINGLE COMMIT  " + culprit.doubt + "\n";
  PW_TRY_ASSIGN(const Commit commit, commit_of(git, culprit.sha));
  std::string out = fmt::format("{}  {}\n", culprit.doubt.empty() ? "CULPRIT" : "LIKELIEST", commit.shown());
  out += fmt::format("  by {}, {}\n", text::truncate(text::one_line(commit.author), 60), commit.date);
  if (!culprit.parent.empty())
    out += fmt::format("  {}, against {}\n", line_of(culprit.change), short_sha(culprit.parent));
  for (const BisectChange& other : culprit.others) out += fmt::format("  also {}\n", line_of(other));
  out += fmt::format("  probability {:.1f} %\n", culprit.probability * 100);
  if (!culprit.doubt.empty()) out += fmt::format("  not verified: {}\n", culprit.doubt);
  for (const std::string& sha : culprit.or_else)
    out += fmt::format("  or {}, before it, which cannot be tested\n", short_sha(sha));
  return out;
}

std::string checks(const Culprit& culprit) {
  std::string out = "\nWhat a person should check:\n";
  out += fmt::format("  - what it changes:                    git show {}\n", short_sha(culprit.sha));
  if (!culprit.parent.empty()) out += fmt::format("  - that it is so on another machine:   {}\n", reproduce(culprit));
  return out + "  - that it did not change the benchmark itself, its input or its build\n" + std::string(k_hypothesis) +
         "\n";
}

Json json_of(const BisectChange& change) {
  return {{"suite", json::valid_utf8(change.id.suite)},
          {"benchmark", json::valid_utf8(change.id.benchmark)},
          {"metric", json::valid_utf8(change.id.metric)},
          {"worse_percent", json::number(change.worse_by * 100)},
          {"interval", {json::number(change.low * 100), json::number(change.high * 100)}},
          {"pairs", change.pairs},
          {"confidence", change.confidence.empty() ? Json() : Json(change.confidence)}};
}

}  // namespace

bool is_answered(const BisectState& state) {
  return !state.culprits.empty() && std::all_of(state.culprits.begin(), state.culprits.end(), [](const Culprit& one) {
    return !one.sha.empty() && one.doubt.empty();
  });
}

Result<std::string> answer_text(const checkout::Git& git, const BisectState& state, const std::string& why_none) {
  const BisectQuestion& question = state.question;
  if (!state.proof)
    return fmt::format("NOTHING TO SEARCH  {} is not shown to be worse than {}: {}\n", short_sha(question.bad),
                       short_sha(question.good), why_none);
  std::string out;
  for (const Culprit& culprit : state.culprits) {
    PW_TRY_ASSIGN(const std::string text, text_of(git, culprit));
    out += text + "\n";
  }
  PW_TRY_ASSIGN(const std::vector<Commit> all, commits_between(git, question.good, question.bad));
  out += fmt::format("searched: {}, {} against {}\n", line_of(*state.proof), short_sha(question.bad),
                     short_sha(question.good));
  const auto broken = std::count_if(state.readings.begin(), state.readings.end(),
                                    [](const auto& one) { return !one.second.why_not.empty(); });
  const auto counted = [](std::size_t count, const char* what) {
    return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
  };
  out += fmt::format("{}, {}, {} beside those of the proofs, {}{}\n", counted(all.size() - 1, "commit"),
                     counted(state.visits, "visit"), counted(state.pairs, "pair"), format_duration(state.seconds),
                     broken == 0 ? "" : fmt::format("; {} could not be built or run", broken));
  for (const Culprit& culprit : state.culprits)
    if (!culprit.sha.empty()) return out + checks(culprit);
  return out;
}

Result<std::string> answer_json(const checkout::Git& git, const BisectState& state, const std::string& why_none) {
  Json out{{"schema", "perfwarden.bisection/1"},
           {"good", state.question.good},
           {"bad", state.question.bad},
           {"answered", is_answered(state)},
           {"why_none", why_none.empty() ? Json() : Json(json::valid_utf8(why_none))},
           {"change", state.proof ? json_of(*state.proof) : Json()},
           {"culprits", Json::array()},
           {"visits", state.visits},
           {"pairs", state.pairs},
           {"seconds", json::number(state.seconds)},
           {"skipped", Json::array()},
           {"note", k_hypothesis}};
  for (const Culprit& culprit : state.culprits) {
    Json one{{"commit", culprit.sha.empty() ? Json() : Json(culprit.sha)}};
    if (!culprit.sha.empty()) {
      PW_TRY_ASSIGN(const Commit commit, commit_of(git, culprit.sha));
      one["subject"] = json::valid_utf8(commit.subject);
      one["author"] = json::valid_utf8(commit.author);
      one["date"] = commit.date;
    }
    one["or_else"] = culprit.or_else;
    one["probability"] = json::number(culprit.probability);
    one["against"] = culprit.parent.empty() ? Json() : Json(culprit.parent);
    one["change"] = culprit.parent.empty() ? Json() : json_of(culprit.change);
    one["others"] = Json::array();
    for (const BisectChange& other : culprit.others) one["others"].push_back(json_of(other));
    one["doubt"] = culprit.doubt.empty() ? Json() : Json(culprit.doubt);
    one["reproduce"] = culprit.parent.empty() ? Json() : Json(reproduce(culprit));
    out["culprits"].push_back(one);
  }
  for (const auto& [tree, reading] : state.readings)
    if (!reading.why_not.empty())
      out["skipped"].push_back({{"tree", tree}, {"why", json::valid_utf8(reading.why_not)}});
  return json::pretty(out);
}

std::string next_text(const StretchOfCommits& stretch, const bisect::Next& next) {
  const auto shown = [&](std::size_t i) { return stretch.commits[i].shown(); };
  switch (next.kind) {
    case bisect::Next::Kind::measure:
      return fmt::format(
          "{}\n{}\nits answer is expected to tell most: about {:.0f} of {} commits are left\n"
          "then: add --mark {}=good, =bad or =skip\n",
          stretch.commits[next.commit].sha, shown(next.commit), std::max(next.left, 2.0), stretch.commits.size() - 1,
          short_sha(stretch.commits[next.commit].sha));
    case bisect::Next::Kind::found:
      return fmt::format("found, {:.1f} %: {}\nto verify: perfwarden check --head {}\n", next.probability * 100,
                         shown(next.commit), short_sha(stretch.commits[next.commit].sha));
    case bisect::Next::Kind::stuck:
      break;
  }
  if (stretch.commits.empty()) return "nothing is left to test\n";
  return fmt::format("nothing is left to test; the likeliest, {:.1f} %: {}\n", next.probability * 100,
                     shown(next.commit));
}

std::string script_text(const BisectScript& script) {
  return fmt::format(
      "#!/bin/sh\n"
      "# Made by `perfwarden bisect --script`. Says whether the commit that is checked out is as fast as the good "
      "one:\n"
      "#   git bisect start {1} {0} && git bisect run THIS; git bisect reset\n"
      "# It exits 0 when it is, 1 when it is as slow as the bad one, 125 (git skips the commit) when it cannot be "
      "built\n"
      "# or told, and 255 (git stops) when this program does not work.\n"
      "\"${{PERFWARDEN:-perfwarden}}\" bisect --good {0} --bad {1} --benchmark {2} --config {3} --judge HEAD\n"
      "case $? in\n"
      "  0) exit 0 ;;\n"
      "  1) exit 1 ;;\n"
      "  3 | 4) exit 125 ;;\n"
      "  *) exit 255 ;;\n"
      "esac\n",
      script.good, script.bad, quoted_for_shell(script.benchmark), quoted_for_shell(script.config_file));
}

}  // namespace perfwarden::app
