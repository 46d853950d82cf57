#pragma once

#include <cstdint>
#include <vector>

#include "base/result.hpp"
#include "store/sql.hpp"
#include "store/store.hpp"

namespace perfwarden::store {

// Everything about a run but what it measured and found: without series, comparisons and findings. Error (store) when
// it is not there.
[[nodiscard]] Result<RunRecord> load_run(Connection& connection, std::int64_t run);
// The run with that id, whole as it was saved. Error (store) when its values are damaged, or no longer kept.
[[nodiscard]] Result<RunRecord> load(Connection& connection, std::int64_t run);
// The same, but only its samples.
[[nodiscard]] Result<Samples> load_samples(Connection& connection, std::int64_t run);
// Appends what the run concluded: by series; by severity.
[[nodiscard]] Status load_comparisons(Connection& connection, std::int64_t run, std::vector<Comparison>& out);
[[nodiscard]] Status load_findings(Connection& connection, std::int64_t run, std::vector<Finding>& out);
[[nodiscard]] Result<bool> has_raw(Connection& connection, std::int64_t run);  // also when it never measured anything
[[nodiscard]] Result<std::vector<std::int64_t>> run_ids(Connection& connection);  // oldest first

}  // namespace perfwarden::store
