#include "github/zip.hpp"

#include <fmt/format.h>
#include <libdeflate.h>

#include <cstdint>
#include <memory>
#include <new>
#include <optional>

#include "base/text.hpp"
#include "github/limits.hpp"

namespace perfwarden::github {
namespace {

constexpr std::uint32_t k_end_mark = 0x06054b50, k_central_mark = 0x02014b50, k_local_mark = 0x04034b50;
constexpr std::size_t k_end_size = 22, k_central_size = 46, k_local_size = 30;
constexpr std::size_t k_longest_comment = 65535;
constexpr std::uint32_t k_stored = 0, k_deflated = 8, k_encrypted = 1;

Error damaged(std::string_view why) {
  return {.kind = ErrorKind::parse, .what = fmt::format("the zip archive is not usable: {}", why)};
}

std::uint32_t number(std::string_view bytes, std::size_t at, std::size_t size) {
  std::uint32_t value = 0;
  for (std::size_t i = size; i-- > 0;) value = value << 8U | static_cast<unsigned char>(bytes[at + i]);
  return value;
}

struct Directory {
  std::size_t offset = 0, size = 0, entries = 0;
};

// The end of the archive says where the central directory is. It may be followed by a comment.
std::optional<Directory> find_directory(std::string_view zip) {
  if (zip.size() < k_end_size) return std::nullopt;
  const std::size_t first = zip.size() - std::min(zip.size(), k_end_size + k_longest_comment);
  for (std::size_t at = zip.size() - k_end_size + 1; at-- > first;) {
    if (number(zip, at, 4) != k_end_mark || at + k_end_size + number(zip, at + 20, 2) != zip.size()) continue;
    const bool one_disk = number(zip, at + 4, 4) == 0 && number(zip, at + 8, 2) == number(zip, at + 10, 2);
    const Directory directory{number(zip, at + 16, 4), number(zip, at + 12, 4), number(zip, at + 10, 2)};
    if (!one_disk || directory.offset + directory.size > at || directory.entries > k_max_zip_entries)
      return std::nullopt;
    return directory;
  }
  return std::nullopt;
}

struct Found {
  std::uint32_t flags = 0, method = 0, checksum = 0;
  std::size_t packed = 0, size = 0, local = 0;
};

Result<std::optional<Found>> find_entry(std::string_view zip, const Directory& directory, std::string_view name) {
  std::optional<Found> found;
  std::size_t at = directory.offset;
  const std::size_t end = directory.offset + directory.size;
  for (std::size_t i = 0; i < directory.entries; ++i) {
    if (at + k_central_size > end || number(zip, at, 4) != k_central_mark) return damaged("its directory is cut short");
    const std::size_t name_size = number(zip, at + 28, 2);
    const std::size_t next = at + k_central_size + name_size + number(zip, at + 30, 2) + number(zip, at + 32, 2);
    if (next > end) return damaged("its directory is cut short");
    if (zip.substr(at + k_central_size, name_size) == name) {
      if (found) return damaged("two entries have the name that is looked for");
      found = Found{number(zip, at + 8, 2),  number(zip, at + 10, 2), number(zip, at + 16, 4),
                    number(zip, at + 20, 4), number(zip, at + 24, 4), number(zip, at + 42, 4)};
    }
    at = next;
  }
  return found;
}

// The bytes of the entry as they lie in the archive. Its local header repeats what the directory says; two answers to
// one question would let two readers see two files.
Result<std::string_view> packed_bytes(std::string_view zip, const Found& entry, std::string_view name,
                                      std::size_t end) {
  const std::size_t at = entry.local;
  if (at + k_local_size > end || number(zip, at, 4) != k_local_mark)
    return damaged("an entry is not where it should be");
  const std::size_t name_size = number(zip, at + 26, 2);
  const std::size_t data = at + k_local_size + name_size + number(zip, at + 28, 2);
  if (data > end || entry.packed > end - data) return damaged("an entry is cut short");
  if (zip.substr(at + k_local_size, name_size) != name || number(zip, at + 8, 2) != entry.method)
    return damaged("the two headers of an entry differ");
  return zip.substr(data, entry.packed);
}

}  // namespace

Result<std::optional<std::string>> read_zip_entry_if_any(std::string_view zip, std::string_view name,
                                                         std::size_t most_bytes) {
  const auto directory = find_directory(zip);
  if (!directory) return damaged("it has no end record that fits");
  PW_TRY_ASSIGN(const std::optional<Found> found, find_entry(zip, *directory, name));
  if (!found) return std::optional<std::string>();
  const Found& entry = *found;
  if ((entry.flags & k_encrypted) != 0) return damaged("the entry is encrypted");
  if (entry.method != k_stored && entry.method != k_deflated) return damaged("the entry is packed in an unknown way");
  if (entry.size > most_bytes) return damaged(fmt::format("the entry holds more than {} bytes", most_bytes));
  PW_TRY_ASSIGN(const std::string_view packed, packed_bytes(zip, entry, name, directory->offset));
  std::string out;
  if (entry.method == k_stored) {
    if (packed.size() != entry.size) return damaged("the entry's length is wrong");
    out = packed;
  } else {
    const std::unique_ptr<libdeflate_decompressor, void (*)(libdeflate_decompressor*)> tool(
        libdeflate_alloc_decompressor(), libdeflate_free_decompressor);
    if (!tool) throw std::bad_alloc();
    out.resize(entry.size);
    // Without a place for the actual size, any other size than the stated one is a failure.
    if (libdeflate_deflate_decompress(tool.get(), packed.data(), packed.size(), out.data(), out.size(), nullptr) !=
        LIBDEFLATE_SUCCESS)
      return damaged("the entry's data are damaged");
  }
  if (libdeflate_crc32(0, out.data(), out.size()) != entry.checksum) return damaged("the entry's checksum is wrong");
  return std::optional(std::move(out));
}

Result<std::string> read_zip_entry(std::string_view zip, std::string_view name, std::size_t most_bytes) {
  PW_TRY_ASSIGN(std::optional<std::string> found, read_zip_entry_if_any(zip, name, most_bytes));
  if (!found) return damaged(fmt::format("it has no entry '{}'", text::one_line(name)));
  return *std::move(found);
}

}  // namespace perfwarden::github
