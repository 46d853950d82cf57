#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.hpp"
#include "model/alert.hpp"
#include "model/comparison.hpp"
#include "model/config.hpp"
#include "model/placement.hpp"
#include "model/profile_summary.hpp"
#include "model/series.hpp"
#include "os/clock.hpp"
#include "store/store.hpp"

// What the pages of the dashboard are made of.
namespace perfwarden::dashboard {

struct Line;

// What a repository knows of a range of commits. Subjects are hostile text. Empty where git does not know the commits.
struct Suspect {
  std::string commit, subject;
};
struct Origins {
  std::vector<Suspect> suspects;     // newest first, at most 10
  std::size_t commits = 0;           // in the range
  std::vector<std::string> owners;   // of the files that changed in it, by CODEOWNERS
  std::vector<std::string> deploys;  // with which its commits were deployed, in words
  std::vector<std::string> rivals;   // what else changed in it, in words; known without git too
};

// A Repository is the seam to git. Safe to ask from several threads.
class Repository {
 public:
  virtual ~Repository() = default;
  [[nodiscard]] virtual Origins origins(const CommitRange& range) = 0;
  [[nodiscard]] virtual std::string subject(const std::string& commit) = 0;  // "" when it is not known
};

// The limit that the budgets set for a series, and the glob by which.
struct SeriesLimit {
  std::string glob;
  Limit limit;
};

// A Setting is what all pages share and nothing on them changes. Its functions are called from several threads.
struct Setting {
  std::string branch;  // that is looked at by default
  std::string config_file;
  std::vector<Budget> budgets;
  std::function<std::optional<SeriesLimit>(const SeriesId&, const Metric&)> limit_of;
  // The comparison that `perfwarden compare` makes; `earlier` runs of the branch, oldest first, show the noise from run
  // to run.
  std::function<std::vector<Comparison>(const Samples& base, const Samples& head, std::span<const Samples> earlier)>
      compare;
  // Pictures of profiles with their stacks, as SVG without scripts and styles: of one, and of what changed. Error for
  // stacks that nobody can read.
  std::function<Result<std::string>(const ProfileSummary&)> draw_profile;
  std::function<Result<std::string>(const ProfileSummary& base, const ProfileSummary& head)> draw_change;
  // What placement alone did to benchmarks on the machine with that fingerprint; nullopt: nobody measured it. Error for
  // a file that is damaged.
  std::function<Result<std::optional<PlacementRanges>>(const std::string& fingerprint)> placement_of;
  Repository* repository = nullptr;
  os::Clock* clock = nullptr;
  std::string version;
  bool read_only = true;
};

// An Overview is what the newest runs of the branch measured.
struct Overview {
  struct Line {
    store::NumberedSeries series;
    Metric metric;        // of its newest run; its name is empty when none of these runs has the series
    std::string machine;  // fingerprint, of its newest run
    std::vector<double>
        medians;  // one a run; NaN where not measured, or in another unit or on another machine than now
  };
  std::vector<store::RunSummary> runs;                     // oldest first
  std::vector<std::int64_t> times;                         // of the runs, unix seconds
  std::vector<Line> lines;                                 // every series of the history, sorted by id
  std::unordered_map<std::int64_t, std::size_t> place_of;  // of lines, by number
  [[nodiscard]] const Line* find(std::int64_t number) const {
    const auto found = place_of.find(number);
    return found == place_of.end() ? nullptr : &lines[found->second];
  }
};

// A Timeline is the runs of a branch, oldest first. All series of the branch share it, so that a series is read without
// its runs.
struct Timeline {
  struct Run {
    std::int64_t id = 0, t = 0;  // unix seconds
    std::string commit;
    std::uint32_t machine = 0;  // in `machines`
  };
  std::vector<Run> runs;
  std::vector<std::string> machines;                                    // fingerprints
  std::unordered_map<std::int64_t, std::uint32_t> place_of_run;         // by id
  std::unordered_map<std::string_view, std::uint32_t> place_of_commit;  // the first run of it
};

// A Kept is one thing that was made of a history, for as long as the history stays as it is. Safe to use from several
// threads: the others wait for the one that makes it.
template <class T>
class Kept {
 public:
  using Value = std::shared_ptr<const T>;
  // `make` is given what was kept until now, perhaps nothing.
  template <class Make>
  [[nodiscard]] Result<Value> get(const std::string& stamp, const Make& make) {
    const std::lock_guard<std::mutex> held(lock_);
    if (value_ == nullptr || stamp_ != stamp) {
      PW_TRY_ASSIGN(value_, make(value_));
      stamp_ = stamp;
    }
    return value_;
  }

 private:
  std::mutex lock_;
  std::string stamp_;
  Value value_;
};

// Several of a kind by their names; when there are `most`, all of them are forgotten.
template <class T, std::size_t most>
class KeptByName {
 public:
  [[nodiscard]] std::shared_ptr<Kept<T>> at(const std::string& name) {
    const std::lock_guard<std::mutex> held(lock_);
    if (all_.size() >= most && !all_.contains(name)) all_.clear();
    std::shared_ptr<Kept<T>>& found = all_[name];
    if (found == nullptr) found = std::make_shared<Kept<T>>();
    return found;
  }

 private:
  std::mutex lock_;
  std::map<std::string, std::shared_ptr<Kept<T>>> all_;
};

// A Memory is what was made of a history. Safe to use from several threads.
class Memory {
 public:
  Kept<Overview> overview;
  Kept<std::vector<Alert>> alerts;
  Kept<std::vector<store::MachineSummary>> machines;
  KeptByName<Timeline, 4> timelines;  // by branch
  KeptByName<Line, 8> lines;          // of those who zoom in one chart
  [[nodiscard]] std::shared_ptr<const std::string> answer(const std::string& stamp, const std::string& question);
  void keep(const std::string& stamp, const std::string& question, std::shared_ptr<const std::string> answer);

 private:
  std::mutex answers_lock_;
  std::string answers_stamp_;
  std::unordered_map<std::string, std::shared_ptr<const std::string>> answers_;
  std::size_t bytes_ = 0;
};

// A Desk is where one thread answers: its own connection to the history, and what it shares with the others.
struct Desk {
  store::Store& store;
  const Setting& setting;
  Memory& memory;
  // What the memory has of the history as it is now; made when it has none.
  [[nodiscard]] Result<std::shared_ptr<const Overview>> overview() const;
  [[nodiscard]] Result<std::shared_ptr<const std::vector<Alert>>> alerts() const;
  [[nodiscard]] Result<std::shared_ptr<const std::vector<store::MachineSummary>>> machines() const;
  [[nodiscard]] Result<std::shared_ptr<const Timeline>> timeline(const std::string& branch) const;
  // Changes when the history does, and now and then, since a few changes of it are not seen.
  [[nodiscard]] Result<std::string> stamp() const;
};

// Seconds of a time as the history has it; 0 when it is not one.
[[nodiscard]] std::int64_t unix_of(const std::string& time);

}  // namespace perfwarden::dashboard
