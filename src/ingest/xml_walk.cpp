#include "ingest/xml_walk.hpp"

#include <expat.h>
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>

#include "ingest/limits.hpp"

namespace perfwarden::ingest {
namespace {

struct XmlWalk {
  const std::function<Status(const XmlElement&)>& open;
  const std::function<void(std::string_view)>& close;
  XML_Parser parser;
  int depth = 0;
  bool doctype = false, deep = false;
  std::optional<Error> error;
};

XmlWalk& walk_of(void* data) {
  return *static_cast<XmlWalk*>(data);
}

void XMLCALL on_open(void* data, const XML_Char* name, const XML_Char** attributes) {
  XmlWalk& walk = walk_of(data);
  if (++walk.depth > k_max_depth) {
    walk.deep = true;
    XML_StopParser(walk.parser, XML_FALSE);
    return;
  }
  XmlElement element;
  element.name = name;
  element.line = static_cast<int>(XML_GetCurrentLineNumber(walk.parser));
  for (; attributes[0] != nullptr; attributes += 2) element.attributes.emplace_back(attributes[0], attributes[1]);
  if (Status status = walk.open(element); !status) {
    walk.error = std::move(status).error();
    XML_StopParser(walk.parser, XML_FALSE);
  }
}

void XMLCALL on_close(void* data, const XML_Char* name) {
  XmlWalk& walk = walk_of(data);
  if (walk.error || walk.deep) return;  // Expat ends an empty element even when its beginning stopped it
  --walk.depth;
  walk.close(name);
}

void XMLCALL on_doctype(void* data, const XML_Char* /*name*/, const XML_Char* /*system*/, const XML_Char* /*public_id*/,
                        int /*has_internal_subset*/) {
  XmlWalk& walk = walk_of(data);
  walk.doctype = true;
  XML_StopParser(walk.parser, XML_FALSE);
}

Error error_of(const XmlWalk& walk, const std::string& name) {
  if (walk.error) return *walk.error;
  std::string what = fmt::format("the XML is incomplete: {}", XML_ErrorString(XML_GetErrorCode(walk.parser)));
  if (walk.doctype) what = "the XML declares a document type, which is refused";
  if (walk.deep) what = fmt::format("nested more than {} levels deep", k_max_depth);
  return Error{.kind = ErrorKind::parse,
               .what = std::move(what),
               .where = fmt::format("{}:{}:{}", name, XML_GetCurrentLineNumber(walk.parser),
                                    XML_GetCurrentColumnNumber(walk.parser) + 1),
               .hint = "give the whole output of the reporter and nothing else"};
}

}  // namespace

std::string_view XmlElement::attribute(std::string_view key) const {
  for (const auto& [name_of_attribute, value] : attributes)
    if (name_of_attribute == key) return value;
  return {};
}

Status walk_xml(std::string_view text, const std::string& name, const std::function<Status(const XmlElement&)>& open,
                const std::function<void(std::string_view)>& close) {
  if (text.size() > k_max_text_bytes)
    return Error{.kind = ErrorKind::parse,
                 .what = fmt::format("the text has more than {} MiB", k_max_text_bytes >> 20),
                 .where = name,
                 .hint = "split the suite"};
  const std::unique_ptr<XML_ParserStruct, decltype(&XML_ParserFree)> parser(XML_ParserCreate(nullptr), XML_ParserFree);
  if (!parser) return Error{.kind = ErrorKind::parse, .what = "out of memory while reading XML", .where = name};
  XmlWalk walk{.open = open, .close = close, .parser = parser.get(), .error = std::nullopt};
  XML_SetUserData(walk.parser, &walk);
  XML_SetElementHandler(walk.parser, on_open, on_close);
  XML_SetStartDoctypeDeclHandler(walk.parser, on_doctype);
  // In parts: Expat copies what it is given.
  constexpr std::size_t k_part = std::size_t{1} << 20;
  text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
  do {
    const std::string_view part = text.substr(0, k_part);
    text.remove_prefix(part.size());
    const int last = text.empty() ? XML_TRUE : XML_FALSE;
    if (XML_Parse(walk.parser, part.data(), static_cast<int>(part.size()), last) != XML_STATUS_OK)
      return error_of(walk, name);
  } while (!text.empty());
  return Nothing{};
}

}  // namespace perfwarden::ingest
