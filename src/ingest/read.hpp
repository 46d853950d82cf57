#pragma once

#include <string>
#include <vector>

#include "ingest/format.hpp"
#include "model/series.hpp"

namespace perfwarden::ingest {

// Chooses the format by name, or by sniffing when the name is "auto". Error (parse) with what was tried and the cure.
[[nodiscard]] Result<const Format*> choose(std::string_view name, const Document& document);

// The format whose harness writes such a text for people (Format::for_people); null when none is known to.
[[nodiscard]] const Format* harness_of(std::string_view head);

// Checks the suite's parser: a known name, a pattern that compiles. Pure and quick, so that a mistake is reported
// before minutes of measuring. Error (config) with the suite's place.
[[nodiscard]] Status check_parser(const Suite& suite);

struct SidedSamples {
  Samples base;  // no series when the plan had one side
  Samples head;
  std::vector<const Format*> formats;  // by suite of the plan; null where nothing could be read
};

// Converts everything that was measured to samples of each side. Applies the suite's `metrics` (which also adds the
// kernel's own accounting by those names, as benchmark "process", where the format does not report that metric itself)
// and the config's metric declarations. A case is appended to the benchmark's name ("parse/large.json") unless the name
// already ends in it. A failed or unreadable invocation leaves its place empty and a warning. Error (benchmark) when a
// suite has no value at all on a side that was measured: a run without any parsed value never passes. Error (config)
// for a bad parser. raw.warnings go to the head. Series of a suite that is measured until decided get their
// adaptive_pairs. The caller fills in the `run` members of the results.
[[nodiscard]] Result<SidedSamples> read(const Raw& raw, const Plan& plan, const Config& config);

// Several benchmark output files, one invocation each, → samples of suite `suite` ("default" when its name is empty).
// Each process that a harness starts itself is an invocation (Measurement::processes). A samples file keeps its own
// invocations, which are appended, and its own suites when the suite's name is empty; the first one's `run` is kept. A
// file that cannot be read leaves an empty place and a warning; Error: the first one when no file can be read.
struct NamedText {
  std::string name, text;
};
[[nodiscard]] Result<Samples> read_files(const std::vector<NamedText>& files, std::string_view format,
                                         const Suite& suite, const Config& config);

// All runs of a file that keeps a history, oldest first, as samples of suite `suite` ("default" when its name is
// empty); of any other file its single run. Errors as read_files.
[[nodiscard]] Result<std::vector<Samples>> read_history(const NamedText& file, std::string_view format,
                                                        const Suite& suite, const Config& config);

// Samples files (perfwarden.samples/1). Hostile input: depth, sizes and numbers are checked; errors
// say file and JSON path or line.
[[nodiscard]] Result<Samples> parse_samples(std::string_view text, const std::string& file_name);
[[nodiscard]] std::string write_samples(
    const Samples& samples);  // JSON, stable order, ends in a newline; numbers read back equal
// The same, read back before it is given. Error (parse) for what parse_samples would refuse, such as more than a limit.
[[nodiscard]] Result<std::string> write_readable_samples(const Samples& samples);

}  // namespace perfwarden::ingest
