#include "ingest/delimited.hpp"
#include "ingest/format.hpp"

namespace perfwarden::ingest {
namespace {

Result<Reading> read_tsv(const Document& document) {
  return read_delimited(document, '\t');
}

int sniff_tsv(std::string_view head) {
  return sniff_delimited(head, '\t');
}

}  // namespace

extern const Format k_format_tsv{
    .name = "tsv",
    .summary =
        "Tab-separated values with a header: benchmark, metric, unit, value and optionally invocation and better",
    .sniff = sniff_tsv,
    .read = read_tsv};

}  // namespace perfwarden::ingest
