#include "identity/frames.hpp"

#include <algorithm>
#include <cstring>
#include <map>

namespace perfwarden::identity {
namespace {

// DW_EH_PE_…
constexpr std::uint8_t k_omitted = 0xff;
constexpr std::uint8_t k_self_relative = 0x10;
constexpr std::uint8_t k_indirect = 0x80;
constexpr std::uint8_t k_format = 0x0f;
constexpr std::uint8_t k_absolute = 0x00;
constexpr std::uint8_t k_udata4 = 0x03;
constexpr std::uint8_t k_sdata4 = 0x0b;
constexpr std::uint8_t k_udata8 = 0x04;
constexpr std::uint8_t k_sdata8 = 0x0c;

Error broken() {
  return {.kind = ErrorKind::parse,
          .what = "how exceptions pass through it is written in a way that is not understood"};
}

// Reads little-endian values from `bytes`, which lie at `address`. After an overrun all values are 0 and ok() is false.
class Bytes {
 public:
  Bytes(std::string_view bytes, std::uint64_t address) : bytes_(bytes), address_(address) {}

  template <class Value>
  Value take() {
    Value value{};
    if (at_ > bytes_.size() || bytes_.size() - at_ < sizeof value) {
      overran_ = true;
      return value;
    }
    std::memcpy(&value, bytes_.data() + at_, sizeof value);
    at_ += sizeof value;
    return value;
  }

  std::uint64_t take_leb() {
    std::uint64_t value = 0;
    for (unsigned shift = 0;; shift += 7) {
      const auto byte = take<std::uint8_t>();
      if (shift < 64) value |= std::uint64_t{byte & 0x7fU} << shift;
      if ((byte & 0x80U) == 0) return value;
    }
  }

  // A pointer as `encoding` says, relative to its own place or absolute; 0 stays 0.
  std::uint64_t take_pointer(std::uint8_t encoding) {
    const std::uint64_t place = address();
    std::uint64_t value = 0;
    switch (encoding & k_format) {
      case k_absolute:
      case k_udata8:
      case k_sdata8:
        value = take<std::uint64_t>();
        break;
      case k_udata4:
        value = take<std::uint32_t>();
        break;
      case k_sdata4:
        value = static_cast<std::uint64_t>(std::int64_t{take<std::int32_t>()});
        break;
      default:
        overran_ = true;
    }
    const auto base = static_cast<std::uint8_t>(encoding & 0x70U);
    if (base != 0 && base != k_self_relative) overran_ = true;
    return value != 0 && base == k_self_relative ? value + place : value;
  }

  void skip(std::uint64_t count) {
    if (count > bytes_.size() - std::min(at_, bytes_.size())) overran_ = true;
    at_ += overran_ ? 0 : count;
  }
  [[nodiscard]] std::string_view rest() const { return bytes_.substr(std::min(at_, bytes_.size())); }
  [[nodiscard]] std::uint64_t address() const { return address_ + at_; }
  [[nodiscard]] bool ok() const { return !overran_; }
  [[nodiscard]] bool is_at_end() const { return at_ >= bytes_.size(); }

 private:
  std::string_view bytes_;
  std::uint64_t address_;
  std::size_t at_ = 0;
  bool overran_ = false;
};

struct Common {
  std::string_view factors;
  std::string_view opening;
  std::uint64_t personality = 0;
  std::uint8_t of_code = k_omitted;
  std::uint8_t of_handlers = k_omitted;
  bool has_augmentation = false;
};

std::string_view without_padding(std::string_view instructions) {
  const auto last = instructions.find_last_not_of('\0');  // DW_CFA_nop
  return last == instructions.npos ? std::string_view{} : instructions.substr(0, last + 1);
}

Result<Common> read_common(Bytes in) {
  Common common;
  const auto version = in.take<std::uint8_t>();
  const auto rest = in.rest();
  const auto end = rest.find('\0');
  if (version != 1 || end == rest.npos) return broken();
  const auto augmentation = rest.substr(0, end);
  in.skip(end + 1);
  const auto factors = in.rest();
  in.take_leb();            // code alignment
  in.take_leb();            // data alignment, signed, of the same length
  in.take<std::uint8_t>();  // the return address's register
  common.factors = factors.substr(0, factors.size() - in.rest().size());
  common.of_code = k_absolute;  // without an augmentation that says otherwise
  if (!augmentation.empty() && augmentation[0] != 'z') return broken();
  if (!augmentation.empty()) {
    common.has_augmentation = true;
    const std::uint64_t size = in.take_leb();
    if (size > in.rest().size()) return broken();
    Bytes data(in.rest().substr(0, size), in.address());
    for (const char letter : augmentation.substr(1)) {
      if (letter == 'R') {
        common.of_code = data.take<std::uint8_t>();
      } else if (letter == 'L') {
        common.of_handlers = data.take<std::uint8_t>();
      } else if (letter == 'P') {
        const auto encoding = data.take<std::uint8_t>();
        common.personality = data.take_pointer(encoding & static_cast<std::uint8_t>(~k_indirect));
      } else if (letter != 'S' && letter != 'B') {
        return broken();
      }
    }
    if (!data.ok()) return broken();
    in.skip(size);
  }
  if (!in.ok()) return broken();
  common.opening = without_padding(in.rest());
  return common;
}

Result<Frame> read_frame(Bytes in, const Common& common) {
  Frame frame{.factors = common.factors, .opening = common.opening, .personality = common.personality};
  frame.start = in.take_pointer(common.of_code);
  frame.size = in.take_pointer(common.of_code & k_format);
  if (common.has_augmentation) {
    const std::uint64_t size = in.take_leb();
    if (size > in.rest().size()) return broken();
    if (common.of_handlers != k_omitted && size > 0) {
      Bytes data(in.rest().substr(0, size), in.address());
      frame.handlers = data.take_pointer(common.of_handlers);
      if (!data.ok()) return broken();
    }
    in.skip(size);
  }
  if (!in.ok()) return broken();
  frame.instructions = without_padding(in.rest());
  return frame;
}

}  // namespace

Result<std::vector<Frame>> read_frames(const Image& image) {
  std::vector<Frame> frames;
  const Section* section = image.section(".eh_frame");
  if (section == nullptr) return frames;
  std::map<std::size_t, Common> commons;  // by offset
  const auto bytes = section->bytes;
  for (std::size_t at = 0; at + 8 <= bytes.size();) {
    Bytes head(bytes.substr(at), section->address + at);
    const auto length = head.take<std::uint32_t>();
    if (length == 0) {  // crtend.o's terminator
      at += 4;
      continue;
    }
    if (length < 4 || length > bytes.size() - at - 4) return broken();
    const auto id = head.take<std::uint32_t>();
    Bytes record(bytes.substr(at + 8, length - 4), section->address + at + 8);
    if (id == 0) {
      PW_TRY_ASSIGN(commons[at], read_common(record));
    } else {
      const auto common = commons.find(at + 4 - std::min<std::size_t>(id, at + 4));
      if (common == commons.end()) return broken();
      PW_TRY_ASSIGN(const auto frame, read_frame(record, common->second));
      if (frame.size > 0) frames.push_back(frame);
    }
    at += 4 + length;
  }
  std::sort(frames.begin(), frames.end(), [](const Frame& a, const Frame& b) { return a.start < b.start; });
  return frames;
}

Result<HandlerTypes> read_handler_types(std::string_view table, std::uint64_t address) {
  Bytes in(table, address);
  if (in.take<std::uint8_t>() != k_omitted) return broken();  // landing pads counted from elsewhere than the function
  const auto of_types = in.take<std::uint8_t>();
  HandlerTypes types;
  if (of_types != k_omitted) {
    const std::uint64_t offset = in.take_leb();
    const bool is_self_relative = (of_types & 0x7fU) == (k_self_relative | k_sdata4);
    const bool is_absolute = (of_types & 0x70U) == 0;
    if ((!is_self_relative && !is_absolute) || offset > in.rest().size()) return broken();
    if (is_self_relative) types.end = in.address() + offset;
  }
  in.take<std::uint8_t>();  // encoding of call sites
  const std::uint64_t sites = in.take_leb();
  in.skip(sites);
  if (!in.ok()) return broken();
  types.from = in.address();
  return types;
}

}  // namespace perfwarden::identity
