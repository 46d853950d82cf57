#pragma once

#include <string>
#include <string_view>

// Small readers of rendered texts that fail the running test where hostile text got out of its place.
namespace perfwarden::support {

// Takes out fenced blocks, code spans (by CommonMark's rule: a run of n backticks closes with the next run of n) and
// our own tags; what is left must hold no other tag, mention, issue reference, link, emphasis of strangers, control or
// bidirectional character. Table rows must have as many cells as their header.
void expect_inert_markdown(std::string_view markdown);
// Tags are only those that the templates use, open and close in pairs, and attributes are quoted.
void expect_whole_html(std::string_view html);
// Elements nest and close, attributes are quoted and unique, only the five entities and character references occur, and
// no character that XML 1.0 forbids.
void expect_well_formed_xml(std::string_view xml);

}  // namespace perfwarden::support
