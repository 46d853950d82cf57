#include "report/build.hpp"

#include "report/view/sentences.hpp"

namespace perfwarden::report {

std::string verdict_line(const Report& report, const Templates& templates) {
  const Facts facts = facts_of(report);
  const Phrases phrases(templates);
  return Speaker(report, facts, phrases, Medium::plain).verdict();
}

std::vector<std::string> next_steps(const Report& report, const Templates& templates) {
  const Facts facts = facts_of(report);
  const Phrases phrases(templates);
  return Speaker(report, facts, phrases, Medium::plain).steps();
}

}  // namespace perfwarden::report
