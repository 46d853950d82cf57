#include "support/zip.hpp"

namespace perfwarden::support {
namespace {

std::string little(std::uint64_t value, int bytes) {
  std::string out;
  for (int i = 0; i < bytes; ++i) out += i < 8 ? static_cast<char>(value >> (8 * i) & 0xFF) : '\0';
  return out;
}

std::uint32_t crc32(const std::string& bytes) {
  std::uint32_t crc = 0xFFFFFFFF;
  for (const char c : bytes) {
    crc ^= static_cast<unsigned char>(c);
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1U ^ ((crc & 1U) != 0 ? 0xEDB88320U : 0U);
  }
  return ~crc;
}

// RFC 1951, section 3.2.4: blocks without compression.
std::string deflated(const std::string& bytes) {
  constexpr std::size_t k_block = 0xFFFF;
  std::string out;
  for (std::size_t at = 0; at == 0 || at < bytes.size(); at += k_block) {
    const std::string block = bytes.substr(at, k_block);
    out += (at + k_block >= bytes.size() ? '\1' : '\0') + little(block.size(), 2) + little(~block.size(), 2) + block;
  }
  return out;
}

}  // namespace

std::string make_zip(const std::vector<ZipEntry>& entries, const std::string& comment) {
  std::string out;
  std::string directory;
  for (const ZipEntry& entry : entries) {
    const std::string packed = entry.method == 8 ? deflated(entry.bytes) : entry.bytes;
    const std::string& local_name = entry.local_name.empty() ? entry.name : entry.local_name;
    const std::uint64_t size = entry.size < 0 ? entry.bytes.size() : static_cast<std::uint64_t>(entry.size);
    const std::string common = little(20, 2) + little(entry.flags, 2) + little(entry.method, 2) + little(0, 4);
    directory += little(0x02014b50, 4) + little(20, 2) + common +
                 little(crc32(entry.bytes) + (entry.wrong_checksum ? 1U : 0U), 4) + little(packed.size(), 4) +
                 little(size, 4) + little(entry.name.size(), 2) + little(0, 12) + little(out.size(), 4) + entry.name;
    out += little(0x04034b50, 4) + common + little(0, 12) + little(local_name.size(), 2) + little(0, 2) + local_name +
           packed;
  }
  return out + directory + little(0x06054b50, 4) + little(0, 4) + little(entries.size(), 2) +
         little(entries.size(), 2) + little(directory.size(), 4) + little(out.size(), 4) + little(comment.size(), 2) +
         comment;
}

}  // namespace perfwarden::support
