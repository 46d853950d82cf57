#include "github/code_scanning.hpp"

#include <fmt/format.h>
#include <libdeflate.h>

#include <memory>

#include "base/base64.hpp"
#include "json/write.hpp"

namespace perfwarden::github {
namespace {

constexpr std::size_t k_most_bytes = 10'000'000;  // compressed; docs.github.com, "SARIF support for code scanning"
constexpr int k_level = 6;

std::string gzip(const std::string& bytes) {
  const std::unique_ptr<libdeflate_compressor, void (*)(libdeflate_compressor*)> tool(
      libdeflate_alloc_compressor(k_level), libdeflate_free_compressor);
  std::string out(libdeflate_gzip_compress_bound(tool.get(), bytes.size()), '\0');
  out.resize(libdeflate_gzip_compress(tool.get(), bytes.data(), bytes.size(), out.data(), out.size()));
  return out;
}

}  // namespace

Status upload_sarif(Api& api, const std::string& commit, const std::string& ref, const std::string& sarif) {
  const std::string packed = gzip(sarif);
  if (packed.size() > k_most_bytes)
    return Error{.kind = ErrorKind::usage,
                 .what = fmt::format("the SARIF log has {} bytes compressed, more than the {} that GitHub takes",
                                     packed.size(), k_most_bytes)};
  const nlohmann::json body{
      {"commit_sha", commit}, {"ref", ref}, {"sarif", base64(packed)}, {"tool_name", "perfwarden"}};
  PW_TRY(api.ask({.method = "POST",
                  .path = "/code-scanning/sarifs",
                  .body = json::dump(body),
                  .repeat = net::Repeat::safe,  // a later upload of the same category replaces the earlier one
                  .purpose = "upload the findings to code scanning",
                  .permission = "security-events: write"}));
  return Nothing{};
}

}  // namespace perfwarden::github
