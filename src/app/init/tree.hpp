#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace perfwarden::app {

// A File is one file of a working tree that may say how its benchmarks are built or run.
struct File {
  std::string path;          // relative to the root, with '/'
  std::string name, folder;  // the parts of path; folder is empty at the root
  std::string text;          // empty where only the name matters
  [[nodiscard]] bool has(std::string_view words) const { return text.find(words) != std::string::npos; }
};

// A SourceTree is what `init` has seen of a working tree: files near the root first, as they are the most typical.
class SourceTree {
 public:
  // Looks at the tree below `root`, bounded: 6 folders deep, 20 000 entries, 256 KiB of each file that matters; hidden,
  // vendored and built folders and links are not entered. Never fails: what cannot be read is skipped.
  [[nodiscard]] static SourceTree look(const std::string& root);

  [[nodiscard]] const std::vector<File>& files() const { return files_; }
  // At this path; null when it was not seen.
  [[nodiscard]] const File* at(std::string_view path) const;
  // In this folder, else in the nearest folder above it, by any of the names; null when there is none.
  [[nodiscard]] const File* above(const std::string& folder, const std::vector<std::string_view>& names) const;
  [[nodiscard]] bool any_named(const std::vector<std::string_view>& names) const;

 private:
  std::vector<File> files_;
};

// ---- words

// "a" and "b/c" → "a/b/c"; either may be empty.
[[nodiscard]] std::string below(const std::string& folder, const std::string& name);
// The path as seen from the folder, which is one of those above it: "a/b/c" from "a" → "b/c".
[[nodiscard]] std::string seen_from(const std::string& folder, const std::string& path);
// "../.." for "a/b"; empty at the root.
[[nodiscard]] std::string way_up(const std::string& folder, const std::string& to);
[[nodiscard]] std::string parent_of(const std::string& path);
[[nodiscard]] std::string stem_of(const std::string& path);  // "a/b.cpp" → "b"
// A word that needs no quotes on a command line, in YAML or in a shell.
[[nodiscard]] bool is_plain_word(std::string_view word);
[[nodiscard]] bool ends_in_any(std::string_view name, const std::vector<std::string_view>& endings);
// Whether the word stands in the text by itself, not as a part of a longer one.
[[nodiscard]] bool has_word(std::string_view text, std::string_view word);
// Whether a script of JavaScript imports this module or a part of it: "k6" is imported by `from 'k6/http'`.
[[nodiscard]] bool imports_module(const File& file, std::string_view module);
// The text between the next two `quote`s at or after `from`; empty when there is none.
[[nodiscard]] std::string in_quotes(std::string_view text, char quote, std::size_t from = 0);
// The words of a text, between blanks, line ends and quotes.
[[nodiscard]] std::vector<std::string> words_of(std::string_view text);

}  // namespace perfwarden::app
