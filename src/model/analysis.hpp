#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "base/names.hpp"

// What the analysis report lists and rates (docs/analysis.md), and how it is configured.
namespace perfwarden {

// Which entry of the analysis a change is: a function of a CPU profile or a counter of the processor, the same of
// memory, or a benchmark.
enum class AnalysisSubject { cpu, memory, benchmark };
template <>
inline constexpr Names<AnalysisSubject, 3> k_names<AnalysisSubject>{
    {{"cpu", AnalysisSubject::cpu}, {"memory", AnalysisSubject::memory}, {"benchmark", AnalysisSubject::benchmark}}};
enum class AnalysisChange { regression, improvement, added, removed };
template <>
inline constexpr Names<AnalysisChange, 4> k_names<AnalysisChange>{{{"regression", AnalysisChange::regression},
                                                                   {"improvement", AnalysisChange::improvement},
                                                                   {"new", AnalysisChange::added},
                                                                   {"removed", AnalysisChange::removed}}};

// An AnalysisEntry is one change that is large enough to be listed and significant.
struct AnalysisEntry {
  AnalysisSubject subject = AnalysisSubject::cpu;
  AnalysisChange change = AnalysisChange::regression;
  std::string name;    // function, or "suite/benchmark"; hostile text
  std::string metric;  // of a benchmark; empty for a function
  std::string unit;    // of base and head; empty for a function, whose numbers are fractions of the whole
  double base = 0, head = 0;
  double size = 0;     // how much, ≥ 0: points as a fraction for a function, a fraction of base for a benchmark
  bool plain = false;  // by the threshold alone, since the number of samples is not known
  friend bool operator==(const AnalysisEntry&, const AnalysisEntry&) = default;
};

// A Rating says from 1 to 10 whether more got better than worse: 5 when neither, 7 or 3 otherwise; `overall` is the
// mean of both.
struct Rating {
  double cpu = 5, memory = 5, overall = 5;
  bool cpu_measured = false, memory_measured = false;  // what was not measured is rated 5
  friend bool operator==(const Rating&, const Rating&) = default;
};

struct Analysis {
  std::vector<AnalysisEntry> entries;  // worst first within a subject and change
  std::optional<Rating> rating;        // nullopt when neither was measured
  friend bool operator==(const Analysis&, const Analysis&) = default;
};

// The lowest ratings that pass; a lower one breaks the limit.
struct RatingLimits {
  std::optional<double> warn, soft, hard;
  friend bool operator==(const RatingLimits&, const RatingLimits&) = default;
};

// How an AI endpoint is spoken to: `analyze` takes the report and answers summary_override and recommendations; `chat`
// is an OpenAI-compatible chat endpoint.
enum class AiApi { analyze, chat };
template <>
inline constexpr Names<AiApi, 2> k_names<AiApi>{{{"analyze", AiApi::analyze}, {"chat", AiApi::chat}}};
// What an AI endpoint is sent: names of benchmarks and functions with their numbers, or commit subjects too.
enum class AiInput { names, commits };
template <>
inline constexpr Names<AiInput, 2> k_names<AiInput>{{{"names", AiInput::names}, {"commits", AiInput::commits}}};

// `analysis: ai:`; its token is in AI_ANALYSIS_TOKEN, or the secret for signed ones in AI_ANALYSIS_SECRET.
struct AiConfig {
  std::string endpoint;  // whole address; empty = off
  AiApi api = AiApi::analyze;
  std::string model;  // for chat
  AiInput input = AiInput::names;
  double timeout_s = 20;
  friend bool operator==(const AiConfig&, const AiConfig&) = default;
};

struct AnalysisConfig {
  double flat = 0.05;       // rise or fall of a function's own share beyond which it is listed; a fraction
  double added = 0.01;      // share beyond which a new or removed function is listed
  double benchmark = 0.02;  // change beyond which a benchmark is listed
  RatingLimits min_rating;
  std::string directory;  // where report.json and report.md are copied to; empty = nowhere
  std::string spans;      // OTLP JSON file with the spans of a run, below the checkout; empty = none
  AiConfig ai;
  friend bool operator==(const AnalysisConfig&, const AnalysisConfig&) = default;
};

// An EndpointTie says which requests a changed function serves, by the spans that name it.
struct EndpointTie {
  std::string endpoint;       // "GET /api/users"; hostile text
  std::string span;           // name of the span that names the function
  std::string function;       // of the profile
  std::string change;         // in the words of FrameChange
  double base = 0, head = 0;  // share of the function, as in the profile
  std::size_t spans = 0;      // of that function below that endpoint
  double seconds = 0;         // what they took together
  std::string trace;          // id of the slowest one's trace
  friend bool operator==(const EndpointTie&, const EndpointTie&) = default;
};

// Assistance is what an AI endpoint answered, after the check: sentences with a number or function that the report does
// not hold are gone.
struct Assistance {
  std::string source;  // host and model: "models.example.com, gpt-x"; empty = none was asked
  std::string summary;
  std::vector<std::string> recommendations;
  std::size_t dropped = 0;  // sentences
  std::string problem;      // why there is no answer; empty when there is one
  friend bool operator==(const Assistance&, const Assistance&) = default;
};

}  // namespace perfwarden
