#pragma once

#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "base/result.hpp"
#include "profile/read/builder.hpp"

namespace perfwarden::profile {

// A CallGraph is what profilers keep that count costs of functions and of calls between them, but no stacks.
class CallGraph {
 public:
  explicit CallGraph(std::size_t types) : types_(types) {}
  void add_self(FrameId function, const std::vector<double>& cost);
  void add_call(FrameId caller, FrameId callee, const std::vector<double>& inclusive);

  // Gives the profile the exact costs of functions, and stacks that come near: a function's calls are shared out to its
  // callers by what each of them cost, as gprof does. What is less than a ten-thousandth of all, calls back into a
  // function that is under way, and what is very deep, stays with the caller.
  [[nodiscard]] Status finish(Builder& builder);

 private:
  struct Function {
    std::vector<double> self, total, called;  // called: cost that came by calls of others
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
