#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "model/plan.hpp"
#include "model/position.hpp"
#include "model/trace.hpp"

namespace perfwarden::measure {

// What is left to measure of a suite once its warm-ups were seen.
enum class ToMeasure { both_sides, head_alone, nothing };

// An Inspection is what measure::run asks and informs about the programs that it starts: whether both sides run what
// they are meant to run.
class Inspection {
 public:
  Inspection() = default;
  Inspection(const Inspection&) = delete;
  Inspection& operator=(const Inspection&) = delete;
  virtual ~Inspection() = default;

  // The folder of a side as traces replace it (k_side_folder).
  [[nodiscard]] virtual std::string side_folder(Side side) const = 0;
  // All builds have ended.
  virtual void built() = 0;
  // Around each process of a side but builds. An Error ends the run.
  [[nodiscard]] virtual Status before(const Step& step) = 0;
  virtual void after(const Step& step) = 0;
  // The first warm-up of a case on a side was traced.
  virtual void traced(const Step& step, Trace trace) = 0;
  // All warm-ups have ended. By suite; one that is not named is measured on both sides. An Error ends the run.
  [[nodiscard]] virtual Result<std::map<std::size_t, ToMeasure>> decide(std::vector<Warning>& warnings) = 0;
  // All invocations have ended. An Error voids what was measured.
  [[nodiscard]] virtual Status ended() = 0;
};

}  // namespace perfwarden::measure
