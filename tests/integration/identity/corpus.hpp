#pragma once

#include <string>
#include <vector>

// Pairs of programs with the right answer each: the program in program/ or rust_program/, and what an edit makes of it.
namespace perfwarden::identity {

struct Edit {
  std::string file = {};  // in the program's folder
  std::string from = {};  // must be in it, once; empty: put in front of it
  std::string to = {};
};

struct PairOfPrograms {
  std::string name = {};
  bool is_innocent = false;
  std::vector<Edit> edits = {};
  std::vector<Edit> of_both = {};       // made on base too, before
  std::string compile = {};             // further options of head's compilations
  std::string link = {};                // further options of head's linking
  std::vector<std::string> order = {};  // of the files that head links first
};

// A change that no benchmark can notice, but for where code lies.
[[nodiscard]] std::vector<PairOfPrograms> innocent_pairs();
// A change that one might notice.
[[nodiscard]] std::vector<PairOfPrograms> guilty_pairs();

// The same in Rust.
[[nodiscard]] std::vector<PairOfPrograms> innocent_rust_pairs();
[[nodiscard]] std::vector<PairOfPrograms> guilty_rust_pairs();

// The functions of an innocent change: of about so many bytes, used by nobody.
[[nodiscard]] std::string unused_function(int statements);
[[nodiscard]] std::string unused_rust_function(int statements);

}  // namespace perfwarden::identity
