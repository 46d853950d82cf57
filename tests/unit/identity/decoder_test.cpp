#include "identity/decoder.hpp"

#include <gtest/gtest.h>

#include <string>

namespace perfwarden::identity {
namespace {

using Flow = Layout::Flow;

Layout layout_of(std::string_view code) {
  Decoder decoder;
  return decoder.first(code);
}

TEST(Decoder, FindsADisplacementFromTheNextInstruction) {
  const Layout load = layout_of({"\x48\x8b\x05\x01\x02\x03\x04", 7});  // mov rax, [rip + …]
  EXPECT_EQ(load.length, 7);
  EXPECT_EQ(load.header, 3);
  EXPECT_EQ(load.displacement, 3);
  EXPECT_TRUE(load.is_rip_relative);
  const Layout vector = layout_of({"\x66\x44\x0f\x6f\x35\xe4\xe5\xff\xff", 9});  // movdqa xmm14, [rip + …]
  EXPECT_EQ(vector.displacement, 5);
  EXPECT_TRUE(vector.is_rip_relative);
  const Layout wide = layout_of({"\xc4\xe2\x7d\x18\x05\x01\x02\x03\x04", 9});  // vbroadcastss ymm0, [rip + …]
  EXPECT_EQ(wide.displacement, 5);
  EXPECT_TRUE(wide.is_rip_relative);
}

TEST(Decoder, FindsAnImmediateAfterADisplacement) {
  const Layout store = layout_of({"\xc7\x05\x01\x02\x03\x04\x05\x06\x07\x08", 10});  // mov dword [rip + …], …
  EXPECT_EQ(store.displacement, 2);
  EXPECT_EQ(store.immediate, 6);
  EXPECT_EQ(store.immediate_size, 4);
  const Layout absolute = layout_of({"\x48\xb8\x01\x02\x03\x04\x05\x06\x07\x08", 10});  // movabs rax, …
  EXPECT_EQ(absolute.immediate, 2);
  EXPECT_EQ(absolute.immediate_size, 8);
}

TEST(Decoder, KnowsWhereControlGoes) {
  EXPECT_EQ(layout_of({"\xe8\x01\x02\x03\x04", 5}).flow, Flow::call);
  EXPECT_TRUE(layout_of({"\xe8\x01\x02\x03\x04", 5}).is_branch_relative);
  EXPECT_EQ(layout_of({"\xe9\x01\x02\x03\x04", 5}).flow, Flow::jump);
  EXPECT_EQ(layout_of({"\x74\x05", 2}).flow, Flow::branch);
  EXPECT_EQ(layout_of({"\x3e\xff\xe0", 3}).flow, Flow::jump_indirect);
  EXPECT_EQ(layout_of("\xc3").flow, Flow::stop);
  EXPECT_EQ(layout_of("\x0f\x0b").flow, Flow::stop);
  EXPECT_EQ(layout_of("\x90").flow, Flow::next);
  EXPECT_TRUE(layout_of("\x90").is_padding);
}

TEST(Decoder, KnowsThreadLocalData) {
  const Layout load = layout_of({"\x64\x8b\x04\x25\xfc\xff\xff\xff", 8});  // mov eax, fs:[-4]
  EXPECT_EQ(load.displacement, 4);
  EXPECT_TRUE(load.is_thread_relative);
  EXPECT_FALSE(load.is_rip_relative);
}

TEST(Decoder, RefusesWhatItCannotBeSureOf) {
  EXPECT_EQ(layout_of("").length, 0);
  EXPECT_EQ(layout_of({"\x48\x8b\x05\x01", 4}).length, 0);                      // cut
  EXPECT_EQ(layout_of({"\x66\xe9\x01\x02\x03\x04", 6}).length, 0);              // 16 or 32 bits, as the processor likes
  EXPECT_EQ(layout_of({"\x0f\x0f\x05\x01\x02\x03\x04\x94", 8}).length, 0);      // 3DNow!
  EXPECT_EQ(layout_of({"\xa1\x01\x02\x03\x04\x05\x06\x07\x08", 9}).length, 0);  // an address of 64 bits
}

TEST(Decoder, GivesTheSameFromItsMemory) {
  Decoder decoder;
  const std::string first("\x48\x8b\x05\x01\x02\x03\x04", 7);
  const std::string second("\x48\x8b\x05\x7f\x00\x00\x00\x90", 8);
  EXPECT_EQ(decoder.first(first).length, 7);
  EXPECT_EQ(decoder.first(second).length, 7);
  EXPECT_TRUE(decoder.first(second).is_rip_relative);
  EXPECT_EQ(decoder.first(std::string_view(second).substr(0, 5)).length, 0);  // known, but cut
  EXPECT_EQ(decoder.first({"\x48\x8b\x45\xf8", 4}).length, 4);                // another header that starts alike
}

}  // namespace
}  // namespace perfwarden::identity
