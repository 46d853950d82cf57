// Recorded jobs of identical code through compare::all, as imported blocks (one session a job) and against the job
// before (a cached baseline): how many runs are flagged, and how often a planted change is found.
//   imported JOBS.csv     rows: job,benchmark,block,base_s,head_s, a header line first
#include <fmt/format.h>

#include <array>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "compare/compare.hpp"
#include "compare/past.hpp"

namespace perfwarden::bench {
namespace {

struct Blocks {
  std::vector<double> base, head;
};
using Job = std::map<std::string, Blocks>;

std::map<std::string, Job> read(const std::string& file) {
  std::map<std::string, Job> jobs;
  std::ifstream in(file);
  std::string line;
  std::getline(in, line);
  while (std::getline(in, line)) {
    std::istringstream fields(line);
    std::array<std::string, 5> field;
    for (std::string& one : field) std::getline(fields, one, ',');
    Blocks& blocks = jobs[field[0]][field[1]];
    blocks.base.push_back(std::stod(field[3]));
    blocks.head.push_back(std::stod(field[4]));
  }
  return jobs;
}

Samples side(const Job& job, const std::string& session, const std::string& planted, double factor, bool head) {
  Samples samples;
  samples.run.session = session;
  samples.run.machine.fingerprint = "0123456789abcdef";
  for (const auto& [name, blocks] : job) {
    Series series;
    series.id = {"imported", name, "wall_time"};
    series.metric = {"wall_time", "s", Better::lower, false, true};
    const double scale = planted == name || planted == "*" ? factor : 1;
    for (const double value : head ? blocks.head : blocks.base) series.invocations.push_back({value * scale});
    samples.series.push_back(std::move(series));
  }
  return samples;
}

bool flagged(const Comparison& c) {
  return c.significance == Significance::distinct && c.confidence && *c.confidence != Confidence::low &&
         c.worse_by() > 0;
}

struct Tally {
  std::size_t of = 0, found = 0, high = 0, silent = 0;
  void add(const Comparison& c) {
    ++of;
    if (flagged(c)) ++found;
    if (flagged(c) && *c.confidence == Confidence::high) ++high;
    if (!flagged(c) && c.significance == Significance::undecidable) ++silent;
  }
};

std::string share(std::size_t part, std::size_t of) {
  return fmt::format("{} of {} ({:.1f} %)", part, of, 100.0 * static_cast<double>(part) / static_cast<double>(of));
}

void planted(const std::map<std::string, Job>& jobs, const std::string& ending, double factor, bool everywhere) {
  Tally tally;
  for (const auto& [number, job] : jobs)
    for (const auto& [name, blocks] : job) {
      if (!name.ends_with(ending)) continue;
      const std::string which = everywhere ? "*" : name;
      for (const Comparison& c :
           compare::all(side(job, number, "", 1, false), side(job, number, which, factor, true), {}))
        if (c.id.benchmark == name) tally.add(c);
    }
  fmt::print("{:+.0f} % in {} {}: found {}, HIGH {}, inconclusive {}\n", 100 * (factor - 1),
             everywhere ? "all, looking at" : "one", ending, share(tally.found, tally.of), share(tally.high, tally.of),
             share(tally.silent, tally.of));
}

void cached(const std::map<std::string, Job>& jobs, std::size_t window) {
  std::size_t runs = 0;
  std::size_t blamed = 0;
  Tally same;
  Tally slower;
  std::size_t passed_blind = 0;
  std::vector<Samples> past;
  for (const auto& [number, job] : jobs) {
    const Samples head = side(job, number, "", 1, false);
    if (past.size() > window) past.erase(past.begin());
    if (past.size() == std::max<std::size_t>(1, window)) {
      const Past known = window > 1 ? compare::past_of(past) : Past{};
      bool any = false;
      for (const Comparison& c : compare::all(past.back(), head, {}, known)) {
        same.add(c);
        any = any || flagged(c);
      }
      for (const Comparison& c : compare::all(past.back(), side(job, number, "*", 1.1, false), {}, known)) {
        slower.add(c);
        if (c.significance == Significance::indistinct && c.worse_interval().high > 0.05) ++passed_blind;
      }
      ++runs;
      blamed += any ? 1U : 0U;
    }
    past.push_back(head);
    if (past.size() > std::max<std::size_t>(1, window)) past.erase(past.begin());
  }
  fmt::print("cached, window of {}: runs flagged {}, inconclusive {}; all +10 %: found {}, passed blindly {}\n", window,
             share(blamed, runs), share(same.silent, same.of), share(slower.found, slower.of), passed_blind);
}

int run(const std::string& file) {
  const std::map<std::string, Job> jobs = read(file);
  if (jobs.empty()) {
    fmt::print(stderr, "imported: no jobs in {}\n", file);
    return 1;
  }
  std::size_t blamed = 0;
  Tally same;
  for (const auto& [number, job] : jobs) {
    bool any = false;
    for (const Comparison& c : compare::all(side(job, number, "", 1, false), side(job, number, "", 1, true), {})) {
      same.add(c);
      any = any || flagged(c);
    }
    blamed += any ? 1U : 0U;
  }
  fmt::print("unchanged: runs flagged {}, series inconclusive {}\n", share(blamed, jobs.size()),
             share(same.silent, same.of));
  for (const char* ending : {"x30", "x5"})
    for (const double factor : {1.02, 1.05, 1.1})
      for (const bool everywhere : {false, true}) planted(jobs, ending, factor, everywhere);
  for (const std::size_t window : {1U, 10U, 30U}) cached(jobs, window);
  return 0;
}

}  // namespace
}  // namespace perfwarden::bench

int main(int count, char** arguments) {
  if (count != 2) {
    fmt::print(stderr, "usage: imported JOBS.csv\n");
    return 2;
  }
  return perfwarden::bench::run(arguments[1]);
}
