#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/series.hpp"

// The names of benchmarks. A harness tells more than a name: the package, the target, the number of processors. What of
// it belongs into the name is decided over both sides together, so that one benchmark has one name in base and in head.
namespace perfwarden::ingest {

// A name with all of its qualifiers: "x.org/a/BenchmarkEncode-8".
[[nodiscard]] std::string full_name(std::string_view plain, const std::vector<Qualifier>& qualifiers);

// Names every series and failure of the two sides: the plain name, with those qualifiers that tell two benchmarks of
// one side apart. The number of processors is shown in all names of a suite or in none. A benchmark that each side has
// once, in different packages or targets, moved: it keeps its plain name, with a warning. Series without qualifiers
// keep their names. Both sides are sorted by id afterwards, and ids are unique.
void name_together(Samples& base, Samples& head);

}  // namespace perfwarden::ingest
