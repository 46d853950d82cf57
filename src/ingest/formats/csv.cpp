#include "ingest/delimited.hpp"
#include "ingest/format.hpp"

namespace perfwarden::ingest {
namespace {

Result<Reading> read_csv(const Document& document) {
  return read_delimited(document, ',');
}

int sniff_csv(std::string_view head) {
  return sniff_delimited(head, ',');
}

}  // namespace

extern const Format k_format_csv{
    .name = "csv",
    .summary =
        "Comma-separated values with a header: benchmark, metric, unit, value and optionally invocation and better",
    .sniff = sniff_csv,
    .read = read_csv};

}  // namespace perfwarden::ingest
