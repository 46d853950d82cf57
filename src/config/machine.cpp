#include <fmt/format.h>

#include "config/reader.hpp"
#include "config/run_options.hpp"

namespace perfwarden::config {
namespace {

constexpr std::array<std::string_view, 7> k_machine_keys{"pin", "governor", "turbo", "smt", "aslr", "thp", "irq"};

using Switch = std::optional<bool>;
constexpr std::array<Choice<Switch>, 3> k_switch{{{"keep", std::nullopt}, {"on", true}, {"off", false}}};
constexpr std::array<Choice<bool>, 2> k_aslr{{{"keep", false}, {"off", true}}};
constexpr std::array<Choice<bool>, 2> k_irq{{{"keep", false}, {"away", true}}};
constexpr std::array<Choice<std::string_view>, 4> k_huge_pages{
    {{"keep", ""}, {"always", "always"}, {"madvise", "madvise"}, {"never", "never"}}};

void read_pin(Reader& reader, Section& section, MachineConfig& out) {
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
    std::vector<std::string> words;
    for (const int cpu : *cpus) words.push_back(std::to_string(cpu));
    shown = print_list(words);
  }
  reader.record(section.path("pin"), shown, reader.origin(node));
}

// Which ones there are, only the machine knows.
std::optional<std::string> governor(Reader& reader, const Node& node, std::string_view key) {
  auto word = reader.text(node, key);
  if (!word || *word == "keep") return word ? std::optional(std::string()) : std::nullopt;
  const bool plain = word->size() <= 32 &&
                     std::all_of(word->begin(), word->end(), [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; });
  if (plain) return word;
  reader.problem(node, fmt::format("'governor' must be keep or the name of one, not {}", describe(node)),
                 "write performance");
  return std::nullopt;
}

}  // namespace

void read_machine(Reader& reader, const Node* node) {
  MachineConfig& out = reader.loaded.config.machine;
  Section section(reader, node, "machine", "'machine'", k_machine_keys);
  read_pin(reader, section, out);
  section.take(
      "governor", out.governor, [&](const Node& n, std::string_view k) { return governor(reader, n, k); },
      [](const std::string& value) { return value.empty() ? std::string("keep") : value; });
  section.take_choice("turbo", out.turbo, k_switch);
  section.take_choice("smt", out.smt, k_switch);
  section.take_choice("aslr", out.aslr_off, k_aslr);
  std::string_view huge_pages = out.huge_pages;
  section.take_choice("thp", huge_pages, k_huge_pages);
  out.huge_pages = huge_pages;
  section.take_choice("irq", out.interrupts_away, k_irq);
}

}  // namespace perfwarden::config
