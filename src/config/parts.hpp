#pragma once

#include "config/field.hpp"

// The rows of the table, part by part; fields() puts them together.
namespace perfwarden::config {

[[nodiscard]] const Fields<Suite>& suite_fields();
[[nodiscard]] Field<Suite> iterations_field();
void check_iterations(const Section& suite, const Iterations& iterations);  // once both bounds are read
[[nodiscard]] Field<Suite> when_field();
[[nodiscard]] Field<Suite> profile_field();

[[nodiscard]] Field<Config> defaults_field();
[[nodiscard]] Field<Config> suites_field();
[[nodiscard]] Field<Config> metrics_field();
[[nodiscard]] Field<Config> tradeoffs_field();
[[nodiscard]] Field<Config> budgets_field();  // after suites and metrics: it checks names against them
[[nodiscard]] const Fields<Limit>& limit_fields();
// Once all is read: a limit below statistics.min-effect allows more than it says.
void warn_of_small_budgets(Reader& reader, const Node& root);
// Warns of limits of p95 on suites with too few runs to decide one.
void warn_of_percentiles(Reader& reader, const Node& root);
[[nodiscard]] Field<Config> benchmarks_field();
[[nodiscard]] Field<Config> statistics_field();
[[nodiscard]] Field<Config> machine_field();
[[nodiscard]] Field<Config> placement_field();
[[nodiscard]] Field<Config> profile_gates_field();
[[nodiscard]] Field<Config> analysis_field();
[[nodiscard]] Field<Config> baseline_field();
[[nodiscard]] Field<Config> build_cache_field();
[[nodiscard]] Field<Config> identity_field();
[[nodiscard]] Field<Config> report_field();
[[nodiscard]] Field<Config> publish_field();
[[nodiscard]] Field<PublishConfig> slack_field();
[[nodiscard]] Field<PublishConfig> teams_field();
[[nodiscard]] Field<PublishConfig> webhook_field();
[[nodiscard]] Field<PublishConfig> email_field();
[[nodiscard]] Field<PublishConfig> jira_field();
[[nodiscard]] Field<PublishConfig> issues_field();
[[nodiscard]] Field<Config> overrides_field();
[[nodiscard]] Field<Config> history_field();
[[nodiscard]] Field<Config> retention_field();

// The whole file.
[[nodiscard]] const Fields<Config>& fields();

}  // namespace perfwarden::config
