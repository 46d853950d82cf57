#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "config/reader.hpp"
#include "config/type.hpp"

namespace perfwarden::config {

// A Section is one mapping whose keys are known. The constructor reports unknown keys, with the nearest known one.
class Section {
 public:
  struct Options {
    const Node* defaults = nullptr;  // a valid mapping with values for keys that this one lacks; null = none
    bool only_given = false;         // keys that are not given are not recorded either
  };

  // `node` may be null: every key is then at its default. `title` is how a message names it: "suite 'core'".
  Section(Reader& reader, const Node* node, std::string path, const std::string& title,
          const std::vector<std::string>& known, Options options);
  Section(Reader& reader, const Node* node, std::string path, const std::string& title,
          const std::vector<std::string>& known)
      : Section(reader, node, std::move(path), title, known, Options{}) {}
  // The mapping at `key`.
  [[nodiscard]] Section enter(std::string_view key, const std::vector<std::string>& known) const;

  [[nodiscard]] Reader& reader() const { return reader_; }
  [[nodiscard]] const Node* node() const { return node_; }
  [[nodiscard]] const Node* defaults() const { return options_.defaults; }
  [[nodiscard]] bool all_known() const { return all_known_; }  // no unknown key was reported
  [[nodiscard]] std::string path(std::string_view key) const;  // dotted
  [[nodiscard]] const Node* own(std::string_view key) const;   // given in the mapping itself
  [[nodiscard]] const Node* find(std::string_view key) const;  // the mapping's own, or that of its defaults

  void record(std::string_view key, std::string value, const Node* given) const;

  // Reads `key` into `target` (V or std::optional<V>) if it is given, and records the value in effect.
  template <class M, class V>
  void take(std::string_view key, M& target, const Type<V>& type) const {
    const Node* given = find(key);
    if (given) {
      if (auto value = type.read(reader_, *given, key))
        target = std::move(*value);
      else
        given = nullptr;
    }
    if (given || !options_.only_given) record(key, printed(target, type), given);
  }

  template <class M, class V>
  [[nodiscard]] static std::string printed(const M& value, const Type<V>& type) {
    if constexpr (std::is_same_v<M, V>)
      return type.print(value);
    else
      return value ? type.print(*value) : std::string();
  }

 private:
  Reader& reader_;
  const Node* node_;
  std::string path_;
  Options options_;
  bool all_known_ = true;
};

}  // namespace perfwarden::config
