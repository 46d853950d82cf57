#include "ingest/format.hpp"
#include "ingest/parts.hpp"

namespace perfwarden::ingest {
namespace {

Result<Reading> read_time(const Document& document) {
  if (document.usage == nullptr)
    return Error{.kind = ErrorKind::parse,
                 .what = "the format 'time' reads no file: perfwarden itself times the command",
                 .where = document.name,
                 .hint = "use `perfwarden run`, or name the format of the file"};
  Table table(document);
  const std::string benchmark = fallback_name(document);
  for (auto& [metric, value] : accounting(*document.usage)) {
    const std::string unit = metric.unit;
    PW_TRY(table.add(0, benchmark, std::move(metric), unit, value));
  }
  return table.finish("the process has no times", "");
}

int sniff_time(std::string_view /*head*/) {
  return 0;  // chosen by name alone
}

}  // namespace

extern const Format k_format_time{
    .name = "time",
    .summary =
        "No output is read: perfwarden times the command itself, and the kernel counts memory, faults and switches",
    .sniff = sniff_time,
    .read = read_time};

}  // namespace perfwarden::ingest
