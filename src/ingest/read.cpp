#include "ingest/read.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <tuple>

#include "base/text.hpp"
#include "ingest/collector.hpp"
#include "ingest/counts.hpp"
#include "ingest/energy.hpp"
#include "ingest/naming.hpp"
#include "ingest/parts.hpp"

namespace perfwarden::ingest {
namespace {

// A failure with the last lines of stderr, as one line of a warning.
std::string cut(std::string_view failure) {
  return text::truncate(text::one_line(failure.substr(0, 4096)), 400);
}

// One reading of all invocations of a run, side by side.
class Run {
 public:
  Run(const Raw& raw, const Plan& plan, const Config& config)
      : raw_(raw),
        plan_(plan),
        config_(config),
        sides_{Collector(config), Collector(config)},
        formats_(plan.suites.size(), nullptr) {}

  Result<SidedSamples> read() {
    for (const Suite& suite : plan_.suites) PW_TRY(check_parser(suite));
    for (const RawInvocation& invocation : raw_.invocations)
      if (usable(invocation)) {
        std::size_t& places = places_[{invocation.step.suite, invocation.step.case_index}];
        places = std::max(places, static_cast<std::size_t>(invocation.step.invocation) + 1);
      }
    for (const RawInvocation& invocation : raw_.invocations)
      if (usable(invocation)) PW_TRY(read_one(invocation));
    for (const auto& [suite, failure] : raw_.failed_on_head)
      side(Side::head).fail({plan_.suites[suite].name, "", 0}, cut(failure.reason));
    for (std::size_t suite = 0; suite < plan_.suites.size(); ++suite) PW_TRY(select(suite));
    PW_TRY(check_all_measured());
    for (const Warning& warning : raw_.warnings) side(Side::head).note(warning.code, warning.text);
    SidedSamples samples{side(Side::base).finish(), side(Side::head).finish(), std::move(formats_)};
    name_together(samples.base, samples.head);
    if (plan_.two_sided) {
      mark_adaptive(samples.base);
      mark_adaptive(samples.head);
    }
    for (Samples* one : {&samples.base, &samples.head})
      for (Series& series : one->series)
        if (is_energy(series.id.metric)) series.metric.primary = false;  // information, until a budget names it
    add_counts(raw_, plan_, config_, samples);
    return samples;
  }

 private:
  [[nodiscard]] Collector& side(Side which) { return sides_[which == Side::base ? 0 : 1]; }
  [[nodiscard]] bool usable(const RawInvocation& invocation) const {
    return invocation.step.kind == Step::Kind::measure && invocation.step.suite < plan_.suites.size() &&
           invocation.step.invocation >= 0;
  }
  [[nodiscard]] const Suite& suite_of(const RawInvocation& invocation) const {
    return plan_.suites[invocation.step.suite];
  }
  [[nodiscard]] std::string case_of(const RawInvocation& invocation) const {
    const std::vector<std::string>& cases = suite_of(invocation).cases;
    return invocation.step.case_index < cases.size() ? cases[invocation.step.case_index] : "";
  }
  [[nodiscard]] Collector::Group group_of(const RawInvocation& invocation) {
    return {suite_of(invocation).name, case_of(invocation),
            places_[{invocation.step.suite, invocation.step.case_index}], invocation.step.only.empty()};
  }

  Status read_one(const RawInvocation& invocation) {
    if (!invocation.ok) {
      failed(invocation, "invocation-failed",
             Error{.kind = ErrorKind::benchmark,
                   .what = invocation.failure,
                   .where = invocation.output_name,
                   .hint = "run the command by hand to see why"});
      return Nothing{};
    }
    Document document{invocation.output, invocation.output_name, &invocation.usage, &suite_of(invocation),
                      case_of(invocation)};
    Result<Reading> reading = read_document(invocation.step.suite, document);
    if (!reading && reading.error().kind == ErrorKind::config) return std::move(reading).error();
    if (!reading) {
      if (!invocation.said.empty()) reading.error().what += "; it wrote to stderr: " + invocation.said;
      failed(invocation, "unreadable-output", std::move(reading).error());
      return Nothing{};
    }
    if (reading->measurements.empty() && !reading->failures.empty())
      first_errors_.try_emplace({invocation.step.suite, invocation.step.side},
                                Error{.kind = ErrorKind::benchmark,
                                      .what = reading->failures.front().reason,
                                      .hint = "run the command by hand and mend what fails"});
    return side(invocation.step.side)
        .add(group_of(invocation), static_cast<std::size_t>(invocation.step.invocation), *std::move(reading),
             invocation.output_name);
  }

  Result<Reading> read_document(std::size_t suite, const Document& document) {
    if (formats_[suite] == nullptr) {
      PW_TRY_ASSIGN(formats_[suite], choose(plan_.suites[suite].parser.name, document));
    }
    return formats_[suite]->read(document);
  }

  // NOLINTNEXTLINE(performance-unnecessary-value-param): moved into the map, which clang-tidy 14 does not see
  void failed(const RawInvocation& invocation, std::string code, Error error) {
    const std::string where = error.where.empty() ? invocation.output_name : error.where;
    side(invocation.step.side)
        .note(std::move(code), fmt::format("{}: {}; its values are missing", where, cut(error.what)));
    side(invocation.step.side).fail(group_of(invocation), fmt::format("{}: {}", where, cut(error.what)));
    first_errors_.try_emplace({invocation.step.suite, invocation.step.side}, std::move(error));
  }

  // Applies the suite's `metrics`, with the kernel's accounting for those that its programs do not report.
  Status select(std::size_t index) {
    const Suite& suite = plan_.suites[index];
    if (suite.metrics.empty()) return Nothing{};
    const std::vector<std::string> counted = counted_metrics(suite);
    std::set<std::string> extra;
    for (const std::string& metric : suite.metrics)
      if (std::find(counted.begin(), counted.end(), metric) == counted.end() &&
          (is_accounting(metric) || is_energy(metric)) && !sides_[0].reports(suite.name, metric) &&
          !sides_[1].reports(suite.name, metric))
        extra.insert(metric);
    const bool energy_measured = energy_is_measured(index);
    for (const RawInvocation& invocation : raw_.invocations) {
      if (extra.empty() || !usable(invocation) || invocation.step.suite != index || !invocation.ok) continue;
      for (auto& [metric, value] : accounts_of(invocation.usage, energy_measured)) {
        if (!extra.contains(metric.name)) continue;
        const std::string unit = metric.unit;
        PW_TRY(side(invocation.step.side)
                   .add_extra(group_of(invocation), static_cast<std::size_t>(invocation.step.invocation),
                              {std::string(k_process), std::move(metric), unit, {value}}));
      }
    }
    if (extra.contains("energy") || extra.contains("co2e")) {
      const Warning note = energy_note(suite.name, energy_measured);
      side(Side::head).note(note.code, note.text);
    }
    for (const Side which : {Side::base, Side::head})
      if (side(which).has_values(suite.name)) select_side(suite, which);
    return Nothing{};
  }

  // Measured and estimated numbers must not be compared with each other.
  [[nodiscard]] bool energy_is_measured(std::size_t suite) const {
    return std::all_of(raw_.invocations.begin(), raw_.invocations.end(), [&](const RawInvocation& one) {
      return one.step.suite != suite || !usable(one) || !one.ok || one.usage.energy_j.has_value();
    });
  }

  [[nodiscard]] static std::vector<std::pair<Metric, double>> accounts_of(const Usage& usage, bool energy_measured) {
    std::vector<std::pair<Metric, double>> out = accounting(usage);
    for (auto& row : energy_of(usage, energy_measured)) out.push_back(std::move(row));
    return out;
  }

  void select_side(const Suite& suite, Side which) {
    const std::vector<std::string> reported = side(which).metrics_of(suite.name);
    const std::vector<std::string> counted = counted_metrics(suite);
    for (const std::string& metric : suite.metrics) {
      if (std::find(reported.begin(), reported.end(), metric) != reported.end()) continue;
      if (std::find(counted.begin(), counted.end(), metric) != counted.end()) continue;
      side(which).note("metric-missing",
                       fmt::format("suite '{}' asks for the metric '{}', which nothing reported on {}; "
                                   "these were reported: {}",
                                   suite.name, shown(metric), name_of(which), shown(text::join(reported, ", "))));
    }
    side(which).select(suite.name, suite.metrics);
    if (!side(which).has_values(suite.name))
      first_errors_.try_emplace({static_cast<std::size_t>(&suite - plan_.suites.data()), which},
                                Error{.kind = ErrorKind::benchmark,
                                      .what = "none of its `metrics` was reported",
                                      .where = suite.where.text(),
                                      .hint = "reported are " + shown(text::join(reported, ", "))});
  }

  void mark_adaptive(Samples& samples) const {
    for (Series& series : samples.series)
      for (const Suite& suite : plan_.suites)
        if (suite.name == series.id.suite && suite.iterations.adaptive())
          series.adaptive_pairs = static_cast<std::size_t>(suite.iterations.max);
  }

  // A suite that comes or goes with head may have nothing to say on the side whose config does not name it.
  [[nodiscard]] bool may_lack(std::size_t suite, Side which) const {
    const Life life = plan_.suites[suite].life;
    return which == Side::base ? life == Life::comes : life == Life::goes;
  }

  Status check_all_measured() {
    std::set<std::pair<std::size_t, Side>> measured;
    for (const RawInvocation& invocation : raw_.invocations)
      if (usable(invocation)) measured.emplace(invocation.step.suite, invocation.step.side);
    if (measured.empty() && !raw_.interrupted && raw_.settled.empty() && raw_.failed_on_head.empty())
      return Error{.kind = ErrorKind::benchmark,
                   .what = "nothing was measured",
                   .hint = "name at least one suite that has a run command"};
    for (const auto& [suite, which] : measured) {
      const std::string& name = plan_.suites[suite].name;
      if (side(which).has_values(name) || may_lack(suite, which)) continue;
      // Said benchmark by benchmark, beside what base measured.
      if (which == Side::head && plan_.two_sided && side(which).has_failed_benchmarks(name)) continue;
      const auto found = first_errors_.find({suite, which});
      Error error = found == first_errors_.end() ? Error{.kind = ErrorKind::benchmark, .what = "no value was reported"}
                                                 : found->second;
      if (which == Side::head && plan_.head_may_fail) {
        if (!side(which).has_failures(name)) side(which).fail({name, "", 0}, cut(error.what));
        continue;
      }
      error.kind = ErrorKind::benchmark;
      error.what = fmt::format("suite '{}' gave no value on {} (parser: {}): {}", name, name_of(which),
                               plan_.suites[suite].parser.name, error.what);
      return error;
    }
    return Nothing{};
  }

  const Raw& raw_;
  const Plan& plan_;
  const Config& config_;
  std::array<Collector, 2> sides_;
  std::vector<const Format*> formats_;  // chosen once a suite, so that both sides are read alike
  std::map<std::pair<std::size_t, std::size_t>, std::size_t> places_;  // invocations of (suite, case)
  std::map<std::pair<std::size_t, Side>, Error> first_errors_;
};

bool is_whole_samples(const Format& format, std::string_view text) {
  return format.reads_whole_samples && format.sniff(text) > 0;
}

// The files of one `ingest`, put together.
class FileReader {
 public:
  FileReader(std::size_t files, std::string_view format, const Suite& suite, const Config& config)
      : files_(files), format_(format), suite_(suite), collector_(config) {}

  Status read(const NamedText& file) {
    Document document{file.text, file.name, nullptr, &suite_, ""};
    PW_TRY_ASSIGN(const Format* format, choose(format_, document));
    if (is_whole_samples(*format, file.text)) return read_samples(file);
    PW_TRY_ASSIGN(Reading reading, format->read(document));
    ++read_;
    const std::string suite = suite_name();
    for (const Measurement& measurement : reading.measurements)
      for (const std::uint32_t process : measurement.processes) taken_ = std::max(taken_, std::size_t{process} + 1);
    return collector_.add({suite, "", std::max(files_, place_ + 1)}, place_, std::move(reading), file.name, true);
  }

  // The place of a file that could not be read stays empty.
  void skip(const Error& error) {
    collector_.note("unreadable-output", fmt::format("{}: {}; its values are missing", error.where, cut(error.what)));
    collector_.fail({suite_name(), "", 0}, fmt::format("{}: {}", error.where, cut(error.what)));
  }
  void advance() { place_ += taken_ == 0 ? 1 : std::exchange(taken_, 0); }

  Samples finish() {
    if (!suite_.metrics.empty()) collector_.select(suite_.name.empty() ? "default" : suite_.name, suite_.metrics);
    Samples out = collector_.finish();
    Samples none;
    name_together(none, out);
    out.run = std::move(run_);
    return out;
  }
  [[nodiscard]] std::size_t read_count() const { return read_; }

 private:
  [[nodiscard]] std::string suite_name() const { return suite_.name.empty() ? "default" : suite_.name; }

  Status read_samples(const NamedText& file) {
    PW_TRY_ASSIGN(Samples samples, parse_samples(file.text, file.name));
    if (read_++ == 0) run_ = std::move(samples.run);
    for (const Warning& warning : samples.warnings) collector_.note(warning.code, warning.text);
    for (Failure& failure : samples.failures) collector_.add_failure(suite_.name, std::move(failure));
    for (Series& series : samples.series) {
      taken_ = std::max(taken_, series.invocations.size());
      PW_TRY(collector_.add_series(suite_.name, place_, std::move(series)));
    }
    return Nothing{};
  }

  std::size_t files_;
  std::string_view format_;
  const Suite& suite_;
  Collector collector_;
  RunInfo run_;
  std::size_t place_ = 0;
  std::size_t taken_ = 0;  // places that a samples file or a harness's own processes took
  std::size_t read_ = 0;
};

}  // namespace

Result<SidedSamples> read(const Raw& raw, const Plan& plan, const Config& config) {
  return Run(raw, plan, config).read();
}

Result<Samples> read_files(const std::vector<NamedText>& files, std::string_view format, const Suite& suite,
                           const Config& config) {
  if (files.empty())
    return Error{.kind = ErrorKind::usage, .what = "no benchmark output was given", .hint = "name at least one file"};
  FileReader reader(files.size(), format, suite, config);
  std::optional<Error> first;
  for (const NamedText& file : files) {
    if (Status status = reader.read(file); !status) {
      if (status.error().kind == ErrorKind::config) return std::move(status).error();
      reader.skip(status.error());
      if (!first) first = std::move(status).error();
    }
    reader.advance();
  }
  if (reader.read_count() == 0 && first) return *std::move(first);
  Samples out = reader.finish();
  if (!out.series.empty() || !out.failures.empty()) return out;
  if (first) return *std::move(first);
  return Error{.kind = ErrorKind::benchmark,
               .what = "none of the suite's `metrics` was reported",
               .where = files.front().name,
               .hint = "remove `metrics` to see which metrics there are"};
}

Result<std::vector<Samples>> read_history(const NamedText& file, std::string_view format, const Suite& suite,
                                          const Config& config) {
  const Document document{file.text, file.name, nullptr, &suite, ""};
  PW_TRY_ASSIGN(const Format* chosen, choose(format, document));
  if (chosen->read_history == nullptr) {
    PW_TRY_ASSIGN(Samples samples, read_files({file}, format, suite, config));
    return std::vector<Samples>{std::move(samples)};
  }
  PW_TRY_ASSIGN(std::vector<PastRun> runs, chosen->read_history(document));
  std::vector<Samples> out;
  out.reserve(runs.size());
  for (PastRun& past : runs) {
    Collector collector(config);
    PW_TRY(collector.add({suite.name.empty() ? "default" : suite.name, "", 1}, 0, std::move(past.reading), file.name));
    if (!suite.metrics.empty()) collector.select(suite.name.empty() ? "default" : suite.name, suite.metrics);
    out.push_back(collector.finish());
    Samples none;
    name_together(none, out.back());
    out.back().run = std::move(past.run);
  }
  return out;
}

}  // namespace perfwarden::ingest
