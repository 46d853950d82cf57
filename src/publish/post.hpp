#pragma once

#include <cstddef>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "model/history.hpp"
#include "model/report.hpp"
#include "net/http_client.hpp"
#include "os/clock.hpp"
#include "os/console.hpp"
#include "os/environment.hpp"
#include "report/renderer.hpp"

namespace perfwarden::publish {

// The outcome of one notifier.
struct Delivery {
  enum class State {
    sent,
    skipped,  // nothing to do: switched off, nothing to say, not a pull request
    refused,  // we may not write there (no token, a fork's token, 403); not a failure
    failed,
  } state = State::sent;
  std::string note{};      // what was done; or why not, with the cure
  std::string notifier{};  // name of the row; publish_all fills it in
};
[[nodiscard]] Delivery sent(std::string note);
[[nodiscard]] Delivery skipped(std::string why);
[[nodiscard]] Delivery refused(std::string why);

class Session;  // access.hpp

// A Post is what a notifier gets: the report, its texts in any form, and the seams to send them. It is about no target
// in particular; what only GitHub's notifiers need is in access.hpp.
struct Post {
  const Report& report;  // verdict, findings, counts, context. Hostile text
  const report::Templates& templates;
  std::string report_directory;        // where the report's files were written
  const os::Environment& environment;  // tokens and secret addresses
  net::HttpClient& http;
  os::Clock& clock;
  os::Console& console;
  // Of a run of the baseline branch, and not of a pull request.
  bool of_branch = false;
  std::vector<Persistence> persistent{};  // regressions of that branch, as the history knows them; this run included
  std::set<SeriesId> acknowledged{};      // whose alert a person has acknowledged
  std::string memory{};                   // file that says what was told when; empty = nothing is remembered
  std::string digest{};                   // what is told instead of the report: plain text, its first line a title
  std::shared_ptr<Session> session{};     // what GitHub's notifiers share; publish_all makes it
  std::vector<Delivery> refusals{};       // so far; all of them for a notifier whose turn is after_refusals

  // The report in the form of a row of report/renderers, in at most `limit` characters (code points); rendered on each
  // call. "markdown" drops whole rows to fit; with a limit of up to 65 536 it is the comment, else the summary. Plain
  // text loses whole lines at its end, and a last line says how many. Any other form cannot be cut: an Error
  // (kind usage) when it is too long, or when there is no such form.
  [[nodiscard]] Result<std::string> text(std::string_view renderer, std::size_t limit) const;
};

}  // namespace perfwarden::publish
