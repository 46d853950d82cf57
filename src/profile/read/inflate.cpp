#include "profile/read/inflate.hpp"

#include <fmt/format.h>
#include <libdeflate.h>
#include <zstd.h>

#include <algorithm>
#include <memory>
#include <new>

#include "profile/limits.hpp"

namespace perfwarden::profile {
namespace {

Error damaged(const std::string& file_name, std::string_view how) {
  return {.kind = ErrorKind::parse,
          .what = fmt::format("the {} data are damaged or cut short", how),
          .where = file_name,
          .hint = "record or download the file again"};
}

std::size_t limit_of(std::string_view packed) {
  return std::clamp(packed.size() * k_max_inflation, k_small_inflated_bytes, k_max_inflated_bytes);
}

Error too_large(const std::string& file_name, std::string_view packed) {
  const std::size_t limit = limit_of(packed);
  return {.kind = ErrorKind::parse,
          .what = limit == k_max_inflated_bytes
                      ? fmt::format("holds more than {} MiB when unpacked", limit >> 20U)
                      : fmt::format("holds more than {} MiB when unpacked, {} times its size: profiles do not shrink "
                                    "so much",
                                    limit >> 20U, k_max_inflation),
          .where = file_name,
          .hint = "record for a shorter time; if you trust the file, unpack it yourself and give what was in it"};
}

// The size that the last member's trailer states, for the first guess; it may be a lie.
std::size_t stated_size(std::string_view packed) {
  constexpr std::size_t k_trailer = 4;
  std::size_t size = 0;
  if (packed.size() < k_trailer) return size;
  for (const char byte : {packed.end()[-1], packed.end()[-2], packed.end()[-3], packed.end()[-4]})
    size = size << 8U | static_cast<unsigned char>(byte);
  return size;
}

Result<std::string_view> gunzip(std::string_view packed, const std::string& file_name, std::string& inflated) {
  const std::unique_ptr<libdeflate_decompressor, void (*)(libdeflate_decompressor*)> tool(
      libdeflate_alloc_decompressor(), libdeflate_free_decompressor);
  if (!tool) throw std::bad_alloc();
  const std::size_t limit = limit_of(packed);
  std::string_view bytes = packed;
  std::size_t used = 0;
  inflated.resize(std::clamp(stated_size(packed), std::size_t{4096}, limit));
  while (!bytes.empty()) {
    std::size_t read = 0, wrote = 0;
    const auto status = libdeflate_gzip_decompress_ex(tool.get(), bytes.data(), bytes.size(), inflated.data() + used,
                                                      inflated.size() - used, &read, &wrote);
    if (status == LIBDEFLATE_INSUFFICIENT_SPACE) {
      if (inflated.size() == limit) return too_large(file_name, packed);
      inflated.resize(std::min(inflated.size() * 2, limit));
      continue;
    }
    if (status != LIBDEFLATE_SUCCESS || read == 0) return damaged(file_name, "gzip");
    used += wrote;
    bytes.remove_prefix(read);
  }
  inflated.resize(used);
  return std::string_view(inflated);
}

Result<std::string_view> unzstd(std::string_view packed, const std::string& file_name, std::string& inflated) {
  const std::unique_ptr<ZSTD_DStream, std::size_t (*)(ZSTD_DStream*)> stream(ZSTD_createDStream(), ZSTD_freeDStream);
  if (!stream) throw std::bad_alloc();
  const std::size_t limit = limit_of(packed);
  ZSTD_inBuffer in{packed.data(), packed.size(), 0};
  std::string block(ZSTD_DStreamOutSize(), '\0');
  std::size_t left = 1;
  for (bool full = false; in.pos < in.size || (full && left != 0);) {
    ZSTD_outBuffer out{block.data(), block.size(), 0};
    left = ZSTD_decompressStream(stream.get(), &out, &in);
    if (ZSTD_isError(left) != 0) return damaged(file_name, "zstd");
    inflated.append(block, 0, out.pos);
    if (inflated.size() > limit) return too_large(file_name, packed);
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
