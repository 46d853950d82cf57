#include "ingest/xml_walk.hpp"

#include <gmock/gmock.h>

#include <string>

namespace perfwarden::ingest {
namespace {

using testing::HasSubstr;

struct Walked {
  std::string text;
  Status status = Nothing{};
};

Walked walk(const std::string& xml) {
  Walked out;
  out.status = walk_xml(
      xml, "out.xml",
      [&](const XmlElement& element) -> Status {
        out.text += "<" + std::string(element.name) + " " + std::string(element.attribute("a"));
        if (element.name == "stop") return Error{.kind = ErrorKind::parse, .what = "stopped"};
        return Nothing{};
      },
      [&](std::string_view name) { out.text += ">" + std::string(name) + " "; });
  return out;
}

TEST(XmlWalk, VisitsElementsInOrderWithTheirAttributes) {
  const Walked walked = walk("<?xml version=\"1.0\"?>\n<r a=\"1 &lt; 2\"><x/><y a='&#233;'>text</y></r>\n");
  ASSERT_TRUE(walked.status);
  EXPECT_EQ(walked.text, "<r 1 < 2<x >x <y \xC3\xA9>y >r ");
}

TEST(XmlWalk, SaysWhereTheXmlIsBroken) {
  const Walked walked = walk("<r>\n  <x></y></r>");
  ASSERT_FALSE(walked.status);
  EXPECT_THAT(walked.status.error().what, HasSubstr("mismatched tag"));
  EXPECT_THAT(walked.status.error().where, HasSubstr("out.xml:2:"));
  EXPECT_FALSE(walk("<r>").status);
  EXPECT_FALSE(walk("").status);
  EXPECT_FALSE(walk("no xml").status);
}

TEST(XmlWalk, RefusesADocumentTypeBeforeAnyEntityIsExpanded) {
  const Walked walked = walk(
      "<!DOCTYPE r [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\"><!ENTITY x SYSTEM "
      "\"file:///etc/passwd\">]>"
      "<r a=\"&b;\">&x;</r>");
  ASSERT_FALSE(walked.status);
  EXPECT_EQ(walked.status.error().what, "the XML declares a document type, which is refused");
  EXPECT_EQ(walked.text, "");
}

TEST(XmlWalk, RefusesDeepNesting) {
  std::string xml;
  for (int i = 0; i < 100'000; ++i) xml += "<a>";
  const Walked walked = walk(xml);
  ASSERT_FALSE(walked.status);
  EXPECT_EQ(walked.status.error().what, "nested more than 64 levels deep");
}

TEST(XmlWalk, EndsWithTheVisitorsError) {
  const Walked walked = walk("<r><stop/><x/></r>");
  ASSERT_FALSE(walked.status);
  EXPECT_EQ(walked.status.error().what, "stopped");
  EXPECT_EQ(walked.text, "<r <stop ");
}

TEST(XmlWalk, ReadsAcrossItsParts) {
  std::string xml = "<r>";
  for (int i = 0; i < 200'000; ++i) xml += "<x a=\"1\"/>";
  const Walked walked = walk(xml + "</r>");
  ASSERT_TRUE(walked.status);
  EXPECT_EQ(walked.text.size(), std::string("<x 1>x ").size() * 200'000 + std::string("<r >r ").size());
}

}  // namespace
}  // namespace perfwarden::ingest
