#pragma once

#include <array>
#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ingest/format.hpp"
#include "ingest/parts.hpp"
#include "model/config.hpp"
#include "model/series.hpp"

namespace perfwarden::ingest {

// A Collector combines the readings of many invocations into the Samples of one side.
class Collector {
 public:
  explicit Collector(const Config& config) : config_(config) {}

  // A Group is the invocations of one suite and case, whose series all have `invocations` places.
  struct Group {
    std::string suite, case_name;
    std::size_t invocations = 0;
    bool whole = true;  // all of its benchmarks were asked to run
  };

  // The reading of invocation number `invocation` of a group, from the named document. Values are appended; a warning
  // that several invocations give is kept once. `spread`: the processes of a measurement are invocations of their own,
  // from place `invocation` on. Error (parse) past the limits.
  [[nodiscard]] Status add(const Group& group, std::size_t invocation, Reading reading, std::string_view document,
                           bool spread = false);
  // As add, for values that no benchmark reported: does not count as a reading.
  [[nodiscard]] Status add_extra(const Group& group, std::size_t invocation, Measurement measurement);
  // A whole series of a samples file; its invocations go from place `first` on. `suite` empty = its own.
  [[nodiscard]] Status add_series(const std::string& suite, std::size_t first, Series series);
  // A process of the group that gave no reading, which counts as one run of it. Nothing when only some of the group's
  // benchmarks were asked to run: an empty output says nothing then.
  void fail(const Group& group, const std::string& reason);
  // As fail, of a samples file, which counted its runs itself.
  void add_failure(const std::string& suite, Failure failure);
  void note(std::string code, const std::string& text) { notes_.add(std::move(code), text); }
  [[nodiscard]] bool has_values(std::string_view suite) const;
  [[nodiscard]] bool has_failures(std::string_view suite) const;  // of its processes, or of benchmarks
  [[nodiscard]] bool has_failed_benchmarks(std::string_view suite) const;
  [[nodiscard]] bool reports(std::string_view suite, std::string_view metric) const;
  [[nodiscard]] std::vector<std::string> metrics_of(std::string_view suite) const;  // sorted
  // Keeps only the named metrics of a suite and makes them primary.
  void select(std::string_view suite, const std::vector<std::string>& metrics);
  // Series sorted by id, with all their qualifiers in the name until name_together(); every series of a group has all
  // places. Series that were only partly reported carry a warning.
  [[nodiscard]] Samples finish();

 private:
  struct Entry {
    Series series;
    std::size_t readings = 0;  // index into readings_; of the group
    std::size_t reported = 0;  // how many documents gave a value
    std::size_t last = 0;      // the last document that gave a value
  };
  [[nodiscard]] Status put(const Group& group, std::size_t readings, std::size_t invocation, Measurement measurement,
                           bool spread = false);
  [[nodiscard]] Status put_values(Entry& entry, std::size_t invocation, const Measurement& measurement, bool spread);
  void declare(Measurement& measurement);
  void add_failed(const Group& group, std::size_t readings, Failed failed);
  [[nodiscard]] std::vector<Failure> take_failures();
  [[nodiscard]] std::size_t readings_of(const Group& group);

  // Failures of one benchmark, or, of an empty name, of a group's processes.
  struct Tally {
    Failure failure;
    std::size_t readings = 0;  // index into readings_
    bool by_document = true;   // each document is one run
  };

  const Config& config_;
  std::map<std::array<std::string, 3>, Tally> failures_;  // by suite, case and name
  std::map<SeriesId, Entry> series_;
  std::map<std::pair<std::string, std::string>, std::size_t> groups_;
  std::vector<std::size_t> readings_;  // readable invocations of each group
  std::size_t values_ = 0;
  std::size_t document_ = 0;  // the document being added, counted from 1
  Notes notes_;
};

}  // namespace perfwarden::ingest
