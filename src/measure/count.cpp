#include "measure/count.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "base/text.hpp"
#include "measure/command.hpp"
#include "os/allocation_counter.hpp"
#include "os/files/files.hpp"

namespace perfwarden::measure {
namespace {

constexpr int k_first_runs = 2;              // of each side; more only where these differ
constexpr double k_valgrind_slowdown = 100;  // at most, of a program without threads
constexpr double k_longest_run_s = 7200;
constexpr std::size_t k_most_out_bytes = std::size_t{64} << 20;  // of one file of cachegrind

using Numbers = std::vector<std::pair<std::string_view, double>>;  // metric, value

// A Tool is one way of counting.
class Tool {
 public:
  Tool() = default;
  Tool(const Tool&) = delete;
  Tool& operator=(const Tool&) = delete;
  virtual ~Tool() = default;
  [[nodiscard]] virtual std::string_view what() const = 0;
  [[nodiscard]] virtual Status prepare(os::Command& command) = 0;
  // After the run. Empty when nothing was counted.
  [[nodiscard]] virtual Result<Numbers> read() = 0;
  [[nodiscard]] virtual std::string why_nothing() const = 0;
};

class Allocations final : public Tool {
 public:
  explicit Allocations(os::AllocationCounter counter) : counter_(std::move(counter)) {}
  [[nodiscard]] std::string_view what() const override { return "allocations"; }
  [[nodiscard]] Status prepare(os::Command& command) override { return counter_.prepare(command.env); }
  [[nodiscard]] Result<Numbers> read() override {
    PW_TRY_ASSIGN(const std::optional<os::AllocationCounts> counts, counter_.read());
    if (!counts) return Numbers();
    return Numbers{{"allocations", static_cast<double>(counts->count)},
                   {"allocated_bytes", static_cast<double>(counts->bytes)},
                   {"peak_heap", static_cast<double>(counts->peak_bytes)}};
  }
  [[nodiscard]] std::string why_nothing() const override {
    return "no allocation was seen: the program is linked statically, has its own malloc, or allocates nothing";
  }

 private:
  os::AllocationCounter counter_;
};

// One process of the program writes one file.
class Instructions final : public Tool {
 public:
  explicit Instructions(std::string folder) : folder_(std::move(folder)) {}
  Instructions(const Instructions&) = delete;
  Instructions& operator=(const Instructions&) = delete;
  ~Instructions() override { (void)os::remove_all(folder_).has_value(); }

  [[nodiscard]] std::string_view what() const override { return "instructions"; }
  [[nodiscard]] Status prepare(os::Command& command) override {
    PW_TRY(os::remove_all(out()));
    PW_TRY(os::make_directories(out()));
    PW_TRY(os::give_to_owner_of(folder_, "."));
    std::vector<std::string> argv{
        "valgrind",  "--tool=cachegrind",    "--cache-sim=no", "--cachegrind-out-file=" + out() + "/%p",
        "--vgdb=no", "--trace-children=yes", "--quiet",        "--log-file=/dev/null"};
    argv.insert(argv.end(), command.argv.begin(), command.argv.end());
    command.argv = std::move(argv);
    command.timeout_s = std::min(k_longest_run_s, command.timeout_s * k_valgrind_slowdown);
    return Nothing{};
  }
  [[nodiscard]] Result<Numbers> read() override {
    PW_TRY_ASSIGN(const std::vector<std::string> names, os::list_directory(out()));
    double sum = 0;
    for (const std::string& name : names) {
      PW_TRY_ASSIGN(const std::string text, os::read_file_below(out(), name, k_most_out_bytes));
      sum += static_cast<double>(instructions_in(text).value_or(0));
    }
    if (sum == 0) return Numbers();
    return Numbers{{"instructions", sum}};
  }
  [[nodiscard]] std::string why_nothing() const override { return "valgrind reported no count of instructions"; }

 private:
  [[nodiscard]] std::string out() const { return folder_ + "/out"; }
  std::string folder_;
};

class Counter {
 public:
  Counter(const Plan& plan, const Children& sides, os::Processes& processes, os::Clock& clock,
          const std::function<void(const std::string&)>& tell, const Wanted& wanted, Raw& raw)
      : plan_(plan), sides_(sides), processes_(processes), clock_(clock), tell_(tell), wanted_(wanted), raw_(raw) {}

  Status go() {
    for (std::size_t suite = 0; suite < plan_.suites.size() && !raw_.interrupted; ++suite) {
      if (raw_.failed_on_head.contains(suite)) continue;
      if (plan_.suites[suite].count_allocations) {
        PW_TRY_ASSIGN(os::AllocationCounter counter, os::AllocationCounter::make());
        Allocations tool(std::move(counter));
        PW_TRY(count_suite(suite, tool));
      }
      if (plan_.suites[suite].count_instructions) {
        PW_TRY_ASSIGN(std::string folder, os::make_temporary_directory("perfwarden-count"));
        Instructions tool(std::move(folder));
        PW_TRY(count_suite(suite, tool));
      }
      weigh(suite);
    }
    return Nothing{};
  }

 private:
  // Those that the suite ran on.
  [[nodiscard]] std::vector<Side> sides_of(std::size_t suite) const {
    std::vector<Side> out;
    for (const Side side : {Side::base, Side::head})
      if ((side == Side::head || plan_.two_sided) && !raw_.absent.contains({suite, side})) out.push_back(side);
    return out;
  }

  Status count_suite(std::size_t suite, Tool& tool) {
    const std::size_t cases = std::max<std::size_t>(1, plan_.suites[suite].cases.size());
    for (std::size_t c = 0; c < cases && !raw_.interrupted; ++c) PW_TRY(count_case(suite, c, tool));
    return Nothing{};
  }

  Status count_case(std::size_t suite, std::size_t case_index, Tool& tool) {
    const Iterations& iterations = plan_.suites[suite].iterations;
    const double began_s = clock_.monotonic_s();
    const int most = std::max(k_first_runs, iterations.alone());
    std::map<std::pair<Side, std::string_view>, std::pair<double, bool>>
        seen;  // the first value, and whether all equal it
    for (int round = 0; round < most; ++round) {
      if (round >= k_first_runs && clock_.monotonic_s() - began_s > iterations.max_time_s) break;
      for (const Side side : sides_of(suite)) {
        if (!wanted_(suite, side)) continue;
        Step step{Step::Kind::measure, side, suite, case_index, round, {}};
        PW_TRY_ASSIGN(const Numbers numbers, count_once(step, tool));
        if (numbers.empty() || raw_.interrupted) return Nothing{};  // told
        for (const auto& [metric, value] : numbers) {
          raw_.counts.push_back({side, suite, case_index, round, "", std::string(metric), value});
          auto& [first, equal] = seen.try_emplace({side, metric}, value, true).first->second;
          equal = equal && first == value;
        }
      }
      const bool settled = std::all_of(seen.begin(), seen.end(), [](const auto& one) { return one.second.second; });
      if (round + 1 >= k_first_runs && settled) break;
    }
    return Nothing{};
  }

  // Empty when it failed or nothing was counted, which is then told.
  Result<Numbers> count_once(const Step& step, Tool& tool) {
    const std::string name = fmt::format("{} ({})", name_of(plan_, step), perfwarden::name_of(step.side));
    tell_(fmt::format("{}: counting {}", name, tool.what()));
    PW_TRY_ASSIGN(os::Command command, command_of(plan_, step, sides_));
    command.count_events = false;
    PW_TRY(tool.prepare(command));
    const Result<os::ProcessResult> result = processes_.run(command);
    if (result && result->interrupted) {
      raw_.interrupted = true;
      return Numbers();
    }
    if (!result || !result->ok()) {
      warn(tool, fmt::format("{}: {} were not counted: the run failed: {}", name, tool.what(), how_it_ended(result)));
      return Numbers();
    }
    Result<Numbers> numbers = tool.read();
    if (!numbers)
      warn(tool, fmt::format("{}: {} were not counted: {}", name, tool.what(), text::one_line(numbers.error().what)));
    else if (numbers->empty())
      warn(tool, fmt::format("{}: {}", name, tool.why_nothing()));
    return numbers.value_or(Numbers());
  }

  // The size of the suite's program, on each side.
  void weigh(std::size_t suite) {
    const std::string& path = plan_.suites[suite].binary;
    if (path.empty()) return;
    for (const Side side : sides_of(suite)) {
      const Result<std::uint64_t> size =
          os::file_size_below(side == Side::base ? sides_.base_directory : sides_.head_directory, path);
      if (size)
        raw_.counts.push_back(
            {side, suite, 0, 0, path.substr(path.rfind('/') + 1), "binary_size", static_cast<double>(*size)});
      else
        raw_.warnings.push_back({"not-counted", fmt::format("{} ({}): no binary_size: {}: {}", plan_.suites[suite].name,
                                                            perfwarden::name_of(side), text::one_line(path),
                                                            text::one_line(size.error().what))});
    }
  }

  void warn(const Tool& tool, std::string text) {
    raw_.warnings.push_back({fmt::format("no-{}", tool.what()), std::move(text)});
  }

  const Plan& plan_;
  const Children& sides_;
  os::Processes& processes_;
  os::Clock& clock_;
  const std::function<void(const std::string&)>& tell_;
  const Wanted& wanted_;
  Raw& raw_;
};

}  // namespace

Status check_tools(const Plan& plan, const Children& sides, os::Processes& processes) {
  const auto asks =
      std::find_if(plan.suites.begin(), plan.suites.end(), [](const Suite& suite) { return suite.count_instructions; });
  if (asks == plan.suites.end()) return Nothing{};
  os::Command command;
  command.argv = {"valgrind", "--version"};
  command.env = sides.env;
  command.timeout_s = 60;
  const Result<os::ProcessResult> result = processes.run(command);
  if (result && result->interrupted) return Error{.kind = ErrorKind::interrupted, .what = "stopped by a signal"};
  if (result && result->ok()) return Nothing{};
  return Error{.kind = ErrorKind::benchmark,
               .what = fmt::format("suite '{}' counts instructions, which needs valgrind: {}", asks->name,
                                   result ? result->describe() : text::one_line(result.error().what)),
               .where = asks->where.text(),
               .hint = "install it (apt-get install valgrind), or remove 'instructions' from 'count'"};
}

Status count(const Plan& plan, const Children& sides, os::Processes& processes, os::Clock& clock,
             const std::function<void(const std::string&)>& tell, const Wanted& wanted, Raw& raw) {
  return Counter(plan, sides, processes, clock, tell, wanted, raw).go();
}

std::optional<std::uint64_t> instructions_in(std::string_view cachegrind_out) {
  // "summary: 12345" is the last line; with --cache-sim=yes more numbers follow, of which the first is Ir too.
  constexpr std::string_view k_summary = "summary:";
  const std::size_t at = cachegrind_out.rfind(k_summary);
  if (at == std::string_view::npos || (at > 0 && cachegrind_out[at - 1] != '\n')) return std::nullopt;
  const std::string_view rest = text::trim(cachegrind_out.substr(at + k_summary.size()));
  const std::optional<long long> value = text::to_integer(rest.substr(0, rest.find_first_of(" \n")));
  if (!value || *value < 0) return std::nullopt;
  return static_cast<std::uint64_t>(*value);
}

}  // namespace perfwarden::measure
