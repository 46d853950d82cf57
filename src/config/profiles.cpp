#include <fmt/format.h>

#include "base/text.hpp"
#include "config/commands.hpp"
#include "config/parts.hpp"

namespace perfwarden::config {
namespace {

constexpr int k_max_frequency = 50'000;

const std::vector<std::string>& recorders() {
  static const std::vector<std::string> names{"auto", "perf", "callgrind", "heaptrack", "off"};
  return names;
}

constexpr std::string_view k_recorders_schema = R"({"enum": ["auto", "perf", "callgrind", "heaptrack", "off", false]})";

// The recorder that `node` names; empty when it is off or names none.
std::string recorder_of(Reader& reader, const Node& node, std::string_view key) {
  if (is_off(node)) return "";
  const auto word = reader.one_of(node, key, recorders());
  return word && *word != "off" ? *word : "";
}

const Fields<Profiling>& profile_fields() {
  const auto times = choice_type<ProfileWhen>();
  static const Fields<Profiling> k_fields{
      row("command", &Profiling::command, command_type(),
          "your own profiler; `{profile}` is replaced by the file to write, in any format that `perfwarden profile` "
          "reads"),
      special<Profiling>(
          {.name = "with",
           .value = code_list(recorders()),
           .preset = "`auto`",
           .sentence = "profiler for this suite: perf samples processor time, callgrind counts instructions, "
                       "heaptrack counts allocations; `auto` is perf, or callgrind where perf is not allowed",
           .schema = std::string(k_recorders_schema)},
          [](const Section& section, Profiling& out) {
            const Node* with = section.find("with");
            if (!with || section.find("command")) return;
            out.with = recorder_of(section.reader(), *with, "with");
            section.record("with", out.with.empty() ? "off" : out.with, with);
          }),
      row("when", &Profiling::when, times, "benchmarks that got worse, all of them, or none"),
      row("frequency", &Profiling::frequency, integer_type(1, k_max_frequency), "samples a second, for perf"),
      row("call-graph", &Profiling::call_graph, choice_type<std::string>({{"fp", "fp"}, {"dwarf", "dwarf"}}),
          "how perf finds callers; `dwarf` where programs keep no frame pointers"),
      row("baseline", &Profiling::baseline, path_type(),
          "profile of base, for runs that do not measure base; read from the base commit where that is known")};
  return k_fields;
}

void check_profiling(const Section& section, Profiling& out) {
  Reader& reader = section.reader();
  const Node* command = section.find("command");
  const Node* with = section.find("with");
  if (command != nullptr) {
    out.with = "command";
    if (with != nullptr) reader.problem(*with, "'with' and 'command' are two ways to profile", "take one of them out");
    if (!out.command.empty() && !holds(out.command, "{profile}"))
      reader.problem(*command, "'command' does not say where its profile goes",
                     "put {profile} where the name of the file to write belongs");
  }
}

}  // namespace

Field<Suite> profile_field() {
  return special<Suite>(
      {.name = "profile",
       .value = code_list(recorders()) + " or mapping",
       .preset = "`auto`",
       .sentence = "profiler for the suite's benchmarks, in separate runs after the measured ones; what "
                   "`auto` finds is shown, and not judged by `profile-gates`",
       .more = "see [Profiles](#profiles)",
       .schema = std::string(k_recorders_schema),
       .mapping = R"({"not": {"required": ["with", "command"]}})",
       .keys = keys_of(profile_fields())},
      [](const Section& section, Suite& suite) {
        const Node* node = section.find("profile");
        if (node == nullptr) return;
        if (node->kind == Node::Kind::map) {
          const Section inner = section.enter("profile", names_of(profile_fields()));
          read(inner, profile_fields(), suite.profile);
          return check_profiling(inner, suite.profile);
        }
        suite.profile.with = recorder_of(section.reader(), *node, "profile");
        section.record("profile.with", suite.profile.with.empty() ? "off" : suite.profile.with, node);
      });
}

}  // namespace perfwarden::config
