#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "app/pipe/own_code.hpp"
#include "app/pipe/side_guard.hpp"
#include "identity/program.hpp"
#include "model/config.hpp"
#include "model/identity.hpp"

namespace perfwarden::app {

// The traces of one case as identity/ compares them. What a run made is not its input; what only one side looked at is
// looked up on the other one too; and of a file outside of both sides that one side alone read, only that is known.
struct Programs {
  identity::TracedRun base, head;
};
[[nodiscard]] Programs programs_of(const Trace& base, const Trace& head, const Places& places, const Look& look);

// Where a file of such a list lies, for the side with this top folder.
[[nodiscard]] std::string real_path(const std::string& side, const std::string& key);

// What was found out about the programs of both sides, by suite and case.
struct ComparedPrograms {
  Places places;
  std::map<std::pair<std::string, std::size_t>, identity::ProgramComparison> cases;
};

// A ProgramCheck is a SideGuard that also compares what both sides run, so that a suite which runs the same program
// twice is not measured against base.
class ProgramCheck final : public SideGuard {
 public:
  // `skips`: identical suites are not measured.
  ProgramCheck(World& world, const Plan& plan, Places places, const Config& config, bool skips);

  [[nodiscard]] Result<std::map<std::size_t, measure::ToMeasure>> decide(std::vector<Warning>& warnings) override;

  [[nodiscard]] std::vector<SuiteIdentity> take_identities() { return std::move(identities_); }
  [[nodiscard]] ComparedPrograms take_programs() { return std::move(programs_); }

 private:
  // nullopt when the suite was not traced.
  [[nodiscard]] std::optional<SuiteIdentity> compare(std::size_t suite);

  World& world_;
  const Plan& plan_;
  const Config& config_;
  bool skips_;
  std::vector<SuiteIdentity> identities_;
  ComparedPrograms programs_;
};

}  // namespace perfwarden::app
