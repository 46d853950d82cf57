#include "store/packed.hpp"

#include <libdeflate.h>

#include <memory>
#include <new>

namespace perfwarden::store {

std::string pack(std::string_view text) {
  const std::unique_ptr<libdeflate_compressor, void (*)(libdeflate_compressor*)> tool(libdeflate_alloc_compressor(6),
                                                                                      libdeflate_free_compressor);
  if (!tool) throw std::bad_alloc();
  std::string out(libdeflate_deflate_compress_bound(tool.get(), text.size()), '\0');
  out.resize(libdeflate_deflate_compress(tool.get(), text.data(), text.size(), out.data(), out.size()));
  return out;
}

std::optional<std::string> unpack(std::string_view packed, std::size_t size) {
  const std::unique_ptr<libdeflate_decompressor, void (*)(libdeflate_decompressor*)> tool(
      libdeflate_alloc_decompressor(), libdeflate_free_decompressor);
  if (!tool) throw std::bad_alloc();
  std::string out(size, '\0');
  // Without a place for the size that was found, anything but a whole `out` is a failure.
  const auto status =
      libdeflate_deflate_decompress(tool.get(), packed.data(), packed.size(), out.data(), out.size(), nullptr);
  if (status != LIBDEFLATE_SUCCESS) return std::nullopt;
  return out;
}

}  // namespace perfwarden::store
