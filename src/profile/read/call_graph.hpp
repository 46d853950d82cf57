#pragma once

#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "base/result.hpp"
#include "profile/read/builder.hpp"

namespace perfwarden::profile {

// A CallGraph is the data of profilers that count the costs of functions and of the calls between them, but no stacks.
class CallGraph {
 public:
  explicit CallGraph(std::size_t types) : types_(types) {}
  void add_self(FrameId function, const std::vector<double>& cost);
  void add_call(FrameId caller, FrameId callee, const std::vector<double>& inclusive);

  // Fills the profile with the exact costs of functions and approximate stacks: a function's calls are distributed over
  // its callers in proportion to their cost, as gprof does. Calls below a ten-thousandth of the whole, recursive calls
  // and very deep ones stay with the caller.
  [[nodiscard]] Status finish(Builder& builder);

 private:
  struct Function {
    std::vector<double> self, total, called;  // called: cost of calls by other functions
    std::unordered_map<FrameId, std::vector<double>> calls;
  };
  struct Step {
    FrameId function;
    NodeId node;
    std::size_t depth;
    std::vector<double> cost;
  };
  Function& function(FrameId id);
  void sum_totals(Builder& builder);
  [[nodiscard]] Status expand(Builder& builder, std::vector<Step> steps);
  [[nodiscard]] bool matters(const std::vector<double>& cost) const;

  std::size_t types_;
  std::vector<Function> functions_;  // by frame
  std::vector<double> all_;
};

}  // namespace perfwarden::profile
