#include <fmt/format.h>

#include <algorithm>

#include "config/commands.hpp"
#include "config/parts.hpp"

namespace perfwarden::config {
namespace {

void take_pin(const Section& section, MachineConfig& out) {
  Reader& reader = section.reader();
  const Node* node = section.find("pin");
  std::string shown = "auto";
  if (node && node->kind == Node::Kind::scalar && node->text == "off") {
    out.pin = Pinning::off;
    shown = "off";
  } else if (node && !(node->kind == Node::Kind::scalar && node->text == "auto")) {
    const auto cpus = parse_cpus(reader.literal(*node, "pin").value_or(""));
    if (!cpus) {
      reader.problem(*node, fmt::format("'pin' must be auto, off or CPU numbers, not {}", describe(*node)),
                     "write numbers and ranges: \"2-3,5\"");
      return;
    }
    out.pin = Pinning::cpus;
    out.cpus = *cpus;
    shown = print_cpus(*cpus);
  }
  section.record("pin", shown, node);
}

// Which ones there are, only the machine knows.
Type<std::string> governor_type() {
  Type<std::string> type;
  type.value = "`keep` or a name";
  type.schema = R"({"type": "string", "pattern": "^[a-z_]{1,32}$"})";
  type.read = [](Reader& reader, const Node& node, std::string_view key) -> std::optional<std::string> {
    auto word = reader.text(node, key);
    if (!word) return std::nullopt;
    if (*word == "keep") return "";
    const bool plain = word->size() <= 32 && std::all_of(word->begin(), word->end(),
                                                         [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; });
    if (plain) return word;
    reader.problem(node, fmt::format("'governor' must be keep or the name of a governor, not {}", describe(node)),
                   "write performance");
    return std::nullopt;
  };
  type.print = [](const std::string& value) { return value.empty() ? std::string("keep") : value; };
  return type;
}

}  // namespace

Field<Config> machine_field() {
  using M = MachineConfig;
  const auto switches = choice_type<std::optional<bool>>({{"keep", std::nullopt}, {"on", true}, {"off", false}});
  const auto huge_pages =
      choice_type<std::string>({{"keep", ""}, {"always", "always"}, {"madvise", "madvise"}, {"never", "never"}});
  const Key pin{.name = "pin",
                .value = "`auto`, `off` or list of CPUs",
                .preset = "`auto`",
                .sentence =
                    "CPUs for suites that name none; `auto` takes those that the kernel keeps free (isolcpus), "
                    "if any",
                .schema = fmt::format(R"({{"anyOf": [{{"enum": ["auto", "off"]}}, {}]}})", cpus_type().schema)};
  return mapping<Config, M>("machine", &Config::machine,
                            {special<M>(pin, take_pin),
                             row("governor", &M::governor, governor_type(),
                                 "clock governor of all CPUs, like `performance`; needs root"),
                             row("turbo", &M::turbo, switches, "clock above the base frequency (turbo); needs root"),
                             row("smt", &M::smt, switches, "two threads on each core; needs root"),
                             row("aslr", &M::aslr_off, choice_type<bool>({{"keep", false}, {"off", true}}),
                                 "random memory layout of the benchmarks; `off` gives all of them one layout"),
                             row("thp", &M::huge_pages, huge_pages, "transparent huge pages; needs root"),
                             row("irq", &M::interrupts_away, choice_type<bool>({{"keep", false}, {"away", true}}),
                                 "interrupts on the CPUs that benchmarks are pinned to; needs root")},
                            "machine settings while benchmarks run; the old ones are restored afterwards")
      .more("see [Machine](#machine)");
}

Field<Config> placement_field() {
  using P = PlacementConfig;
  return mapping<Config, P>(
             "placement", &Config::placement,
             {row("align", &P::align, choice_type<bool>({{"auto", true}, {"off", false}}),
                  "whether builds align functions to 64 bytes, so that a change does not seem slower only because it "
                  "moved code")},
             "where the linker puts code")
      .more("see [Placement](#placement)");
}

}  // namespace perfwarden::config
