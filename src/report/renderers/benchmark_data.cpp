#include "json/write.hpp"
#include "report/renderer.hpp"

namespace perfwarden::report {
namespace {

nlohmann::ordered_json values_of_side(const std::vector<double>& values) {
  nlohmann::ordered_json out = nlohmann::ordered_json::array();
  for (const double value : values) out.push_back(json::number(value));
  return out;
}

Result<std::string> render_benchmark_data(const Report& report, const Templates& /*templates*/,
                                          const RenderOptions& /*options*/) {
  nlohmann::ordered_json series = nlohmann::ordered_json::array();
  for (const Comparison& one : report.comparisons)
    series.push_back({{"suite", one.id.suite},
                      {"benchmark", one.id.benchmark},
                      {"metric", one.id.metric},
                      {"unit", one.metric.unit},
                      {"base", values_of_side(one.base_values)},
                      {"head", values_of_side(one.head_values)}});
  const nlohmann::ordered_json out{{"schema", "perfwarden.benchmark-data/1"},
                                   {"base", report.base.run.commit},
                                   {"head", report.head.run.commit},
                                   {"series", std::move(series)}};
  return json::dump(out) + "\n";
}

}  // namespace

extern const Renderer k_renderer_benchmark_data{
    "benchmark-data", "every value of every run, one number an invocation, for your own tools", "benchmark_data.json",
    "application/json", render_benchmark_data};

}  // namespace perfwarden::report
