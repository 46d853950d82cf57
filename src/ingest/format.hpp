#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "model/config.hpp"
#include "model/raw.hpp"
#include "model/series.hpp"

namespace perfwarden::ingest {

// A Measurement holds the values of one document for one metric of one benchmark, in base units. Most documents are
// written by one process; a harness that starts processes of its own (hyperfine, JMH's forks) records which of them
// gave a value.
struct Measurement {
  std::string benchmark;  // hostile text, kept as it is
  Metric metric;
  std::string original_unit;
  std::vector<double> values;  // one a repetition, finite
  // Which process gave values[i], from 0; empty when one process gave all. `run` counts all of them as repetitions of
  // the invocation that it started itself; `ingest` counts each as an invocation.
  std::vector<std::uint32_t> processes{};
  std::vector<Qualifier> qualifiers{};  // what may have to tell it apart; `benchmark` is then the plain name
};

// A Failed is a benchmark that a harness reports as failed, in its own words.
struct Failed {
  std::string benchmark{};  // hostile text; empty: the whole document
  std::vector<Qualifier> qualifiers{};
  std::size_t failed = 1;
  std::size_t runs = 0;  // of this document: how often it ran; 0: the document is one run
  bool dropped = true;   // the failed runs gave no values
  std::string reason{};  // with the place: "results.json:12: cannot open corpus"
};

// A Document is one benchmark output to read.
struct Document {
  std::string_view text;
  std::string name;              // file name or "core (head, run 3): stdout", for messages
  const Usage* usage = nullptr;  // of the process that wrote it; null for files
  const Suite* suite = nullptr;  // null for `ingest`
  std::string case_name;         // `{case}`; empty when none
};

struct Reading {
  std::vector<Measurement> measurements;
  std::vector<Warning> warnings;  // bad records: "results.json: benchmark 'BM_Sort/1024': real_time
                                  // is NaN; ignored"
  std::vector<Failed> failures{};
};

// A PastRun is one run of a history file.
struct PastRun {
  RunInfo run;  // as the file gives it: commit, time
  Reading reading;
};

// A Format is one row of ingest/formats: one benchmark output that perfwarden reads.
struct Format {
  std::string_view name;     // kebab-case, as in `parser: google-benchmark`
  std::string_view summary;  // one line for --help and the documents
  // How certainly the first 64 KiB are of this format: 0 = no, 100 = certain. Two formats return > 0 only for a text
  // that holds the outputs of both; `auto` is then an error that asks for the format.
  int (*sniff)(std::string_view head);
  Result<Reading> (*read)(const Document& document);
  bool reads_whole_samples = false;  // `json`: the text is a samples file already
  // For files that keep a history: all runs of it, oldest first, of which `read` returns the newest. Null for others.
  Result<std::vector<PastRun>> (*read_history)(const Document& document) = nullptr;
  // Arguments that, after those of `argv`, let the program run these benchmarks alone; none when argv does not show
  // that the program itself would receive them. Null: this harness cannot select benchmarks.
  std::vector<std::string> (*only)(const std::vector<std::string>& argv,
                                   const std::vector<std::string>& benchmarks) = nullptr;
  // How the harness is told to write this: "run it with --benchmark_format=json"; empty: it writes nothing else.
  std::string_view how = {};
  // Words of what the harness writes for people instead, which is not read; empty: none are known.
  std::string_view for_people = {};
};

// Generated from the file names in ingest/formats; sorted by name.
[[nodiscard]] std::span<const Format* const> formats();
[[nodiscard]] const Format* find_format(std::string_view name);

}  // namespace perfwarden::ingest
