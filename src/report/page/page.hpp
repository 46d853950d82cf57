#pragma once

#include <map>
#include <mustache.hpp>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "report/renderer.hpp"

namespace perfwarden::report {

using Data = kainjow::mustache::data;
using List = kainjow::mustache::list;

// An empty text is false in a view: mustache takes "" for true.
[[nodiscard]] Data some(const std::string& text);
void put(Data& data, const std::string& key, Data value);
// Puts the list, and as `has_<key>` whether it holds anything.
void put_list(Data& data, const std::string& key, const List& items);
[[nodiscard]] List lines_of(const std::vector<std::string>& lines);  // each as {text}

// A Page is a template ready to be filled. Nothing is escaped here: the view has neutralised every value for its
// medium.
class Page {
 public:
  // Error (config) when the template cannot be used, with file and line.
  [[nodiscard]] static Result<Page> open(const Templates& templates, const std::string& name);
  [[nodiscard]] std::string fill(const Data& data);

 private:
  explicit Page(const std::string& text);
  kainjow::mustache::mustache parsed_;
};
// Opens and fills at once.
[[nodiscard]] Result<std::string> fill(const Templates& templates, const std::string& name, const Data& data);
// Whether a template can be parsed, nests no deeper than 16 sections, and uses neither partials (which would take the
// text of a value for a template) nor delimiters of its own.
[[nodiscard]] Status check_template(const std::string& name, const std::string& text);

// Phrases are the sentences and words that several pages share: the sections of phrases.mustache, one a phrase. A
// phrase that is missing in a user's file keeps its built-in words.
class Phrases {
 public:
  explicit Phrases(const Templates& templates);
  // The phrase on one line, filled with `data`; empty when there is no such phrase.
  [[nodiscard]] std::string say(const std::string& key, const Data& data) const;
  [[nodiscard]] std::string say(const std::string& key) const;
  [[nodiscard]] const std::map<std::string, std::string>& all() const { return texts_; }

 private:
  std::map<std::string, std::string> texts_;
  mutable std::map<std::string, kainjow::mustache::mustache> compiled_;
  mutable std::map<std::string, std::string> plain_;  // of phrases without data
};

// The sections of a phrases file by name. Error (config) for text outside sections or a name that is given twice.
[[nodiscard]] Result<std::map<std::string, std::string>> split_phrases(const std::string& name,
                                                                       const std::string& text);

inline constexpr const char* k_phrases = "phrases.mustache";

}  // namespace perfwarden::report
