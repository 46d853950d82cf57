#include "identity/producers.hpp"

#include <gmock/gmock.h>

#include "support/fakes.hpp"

namespace perfwarden::identity {
namespace {

using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

Image image_of(std::string_view comment, std::string_view strings) {
  Image image;
  image.sections = {{.name = ".comment", .bytes = comment}, {.name = ".debug_str", .bytes = strings}};
  return image;
}

using std::literals::operator""sv;

TEST(Producers, AreReadFromTheCommentAndFromDebugInformation) {
  const Producers found = read_producers(
      image_of("GCC: (Debian 12.2.0-14) 12.2.0\0"sv,
               "main.cpp\0GNU C++17 12.2.0 -mtune=generic -g -O2 -std=c++20 -fsanitize=address\0int\0"sv));
  EXPECT_THAT(found.compilers, testing::Contains("GNU C++17 12.2.0"));
  EXPECT_THAT(found.optimisations, testing::ElementsAre("-O2"));
  EXPECT_THAT(found.sanitizers, testing::ElementsAre("address"));
  EXPECT_THAT(found.flags, testing::ElementsAre("-mtune=generic", "-std=c++20")) << "-g makes no other code";
}

TEST(Producers, AUnitWithoutALevelIsNotOptimised) {
  EXPECT_THAT(read_producers(image_of("", "GNU C17 12.2.0 -g\0"sv)).optimisations, testing::ElementsAre("none"));
}

TEST(Producers, DifferNowhereWhenEqual) {
  const Producers one = read_producers(image_of("GCC: 12\0"sv, "GNU C++17 12.2.0 -O2\0"sv));
  EXPECT_THAT(differences(one, one), IsEmpty());
}

TEST(Producers, NameWhatDiffers) {
  const Producers base = read_producers(image_of("GCC: 12\0"sv, "GNU C++17 12.2.0 -O2 -march=x86-64\0"sv));
  const Producers head = read_producers(image_of("GCC: 12\0"sv, "GNU C++17 12.2.0 -O0 -march=native\0"sv));
  const std::vector<ProducerDifference> found = differences(base, head);
  ASSERT_THAT(found, SizeIs(2));
  EXPECT_EQ(found[0].what, "optimisation");
  EXPECT_EQ(found[0].base, "-O2");
  EXPECT_EQ(found[0].head, "-O0");
  EXPECT_EQ(found[1].what, "flags");
  EXPECT_EQ(found[1].head, "-march=native");
}

TEST(Producers, ASideWithoutDebugInformationDoesNotSayHowItWasOptimised) {
  const Producers base = read_producers(image_of("GCC: 12\0"sv, "GNU C++17 12.2.0 -O2\0"sv));
  for (const ProducerDifference& one : differences(base, read_producers(image_of("GCC: 12\0"sv, ""))))
    EXPECT_NE(one.what, "optimisation");
}

}  // namespace
}  // namespace perfwarden::identity
