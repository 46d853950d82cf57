#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace perfwarden::ingest {

// The output of one package, unwrapped from the events of `go test -json`.
struct GoPackageOutput {
  std::string text;
  std::vector<int> numbers;  // of each line of `text`: the line, from 1, of the event with which it begins
};

// Whether a text begins like events of `go test -json` (cmd/test2json).
[[nodiscard]] bool is_go_test_json(std::string_view text);
// Packages in the order of their first event: those that run at the same time print between each other's lines, and a
// line may come in several events. What is not an event (a compiler's complaint) is an output without a package.
[[nodiscard]] std::vector<GoPackageOutput> unwrapped_go_test(std::string_view text);

}  // namespace perfwarden::ingest
