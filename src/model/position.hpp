#pragma once

#include <string>

namespace perfwarden {

// A Position is a place in a text that a person can open. Line and column count from 1; 0 means unknown.
struct Position {
  std::string file;
  int line = 0;
  int column = 0;

  // "file:line:column", shorter where a part is unknown.
  [[nodiscard]] std::string text() const;
  friend bool operator==(const Position&, const Position&) = default;
};

// A Warning is a doubt about a number: it is kept with the number and shown in the report.
struct Warning {
  std::string code;  // kebab-case, stable, for scripts: "few-samples", "unit-changed"
  std::string text;  // one sentence with the number and the cure; may hold hostile text
  friend bool operator==(const Warning&, const Warning&) = default;
};

}  // namespace perfwarden
