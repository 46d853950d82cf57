#include "profile/read/inflate.hpp"

#include <fmt/format.h>
#include <libdeflate.h>
#include <zstd.h>

#include <algorithm>
#include <memory>

#include "profile/limits.hpp"

namespace perfwarden::profile {
namespace {

Error damaged(const std::string& file_name, std::string_view how) {
  return {.kind = ErrorKind::parse,
          .what = fmt::format("the {} data are damaged or cut short", how),
          .where = file_name,
          .hint = "record or download the file again"};
}

Error too_large(const std::string& file_name) {
  return {.kind = ErrorKind::parse,
          .what = fmt::format("holds more than {} MiB when unpacked", k_max_inflated_bytes >> 20U),
          .where = file_name,
          .hint = "fold the profile where it was recorded, or record for a shorter time"};
}

Result<std::string_view> gunzip(std::string_view bytes, const std::string& file_name, std::string& inflated) {
  const std::unique_ptr<libdeflate_decompressor, void (*)(libdeflate_decompressor*)> tool(
      libdeflate_alloc_decompressor(), libdeflate_free_decompressor);
  std::size_t used = 0;
  inflated.resize(std::clamp(bytes.size() * 4, std::size_t{4096}, k_max_inflated_bytes));
  while (!bytes.empty()) {
    std::size_t read = 0, wrote = 0;
    const auto status = libdeflate_gzip_decompress_ex(tool.get(), bytes.data(), bytes.size(), inflated.data() + used,
                                                      inflated.size() - used, &read, &wrote);
    if (status == LIBDEFLATE_INSUFFICIENT_SPACE) {
      if (inflated.size() == k_max_inflated_bytes) return too_large(file_name);
      inflated.resize(std::min(inflated.size() * 2, k_max_inflated_bytes));
      continue;
    }
    if (status != LIBDEFLATE_SUCCESS || read == 0) return damaged(file_name, "gzip");
    used += wrote;
    bytes.remove_prefix(read);
  }
  inflated.resize(used);
  return std::string_view(inflated);
}

Result<std::string_view> unzstd(std::string_view bytes, const std::string& file_name, std::string& inflated) {
  const std::unique_ptr<ZSTD_DStream, std::size_t (*)(ZSTD_DStream*)> stream(ZSTD_createDStream(), ZSTD_freeDStream);
  ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
  std::string block(ZSTD_DStreamOutSize(), '\0');
  std::size_t left = 1;
  for (bool full = false; in.pos < in.size || full;) {
    ZSTD_outBuffer out{block.data(), block.size(), 0};
    left = ZSTD_decompressStream(stream.get(), &out, &in);
    if (ZSTD_isError(left) != 0) return damaged(file_name, "zstd");
    inflated.append(block, 0, out.pos);
    if (inflated.size() > k_max_inflated_bytes) return too_large(file_name);
    full = out.pos == out.size;
  }
  if (left != 0) return damaged(file_name, "zstd");
  return std::string_view(inflated);
}

}  // namespace

Result<std::string_view> inflate(std::string_view bytes, const std::string& file_name, std::string& inflated) {
  if (bytes.starts_with("\x1f\x8b")) return gunzip(bytes, file_name, inflated);
  if (bytes.starts_with("\x28\xb5\x2f\xfd")) return unzstd(bytes, file_name, inflated);
  return bytes;
}

}  // namespace perfwarden::profile
