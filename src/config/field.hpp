#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/key.hpp"
#include "config/section.hpp"

namespace perfwarden::config {

// A Field is a Key and how it is read into the struct T that its mapping fills.
template <class T>
struct Field {
  Key key;
  std::function<void(const Section&, T&)> take;
  std::function<void(T&)> reset;  // back to the default
  bool shared = false;            // a suite's key that `defaults` may give too

  // Words for the default, where the struct's value does not show it.
  [[nodiscard]] Field preset(std::string words) && {
    key.preset = std::move(words);
    return std::move(*this);
  }
  [[nodiscard]] Field value(std::string words) && {
    key.value = std::move(words);
    return std::move(*this);
  }
  [[nodiscard]] Field more(std::string words) && {
    key.more = std::move(words);
    return std::move(*this);
  }
  [[nodiscard]] Field input() && {
    key.input = true;
    return std::move(*this);
  }
  [[nodiscard]] Field trusted(Trust trust) && {
    key.trust = trust;
    return std::move(*this);
  }
  [[nodiscard]] Field also_default() && {
    shared = true;
    return std::move(*this);
  }
};

template <class T>
using Fields = std::vector<Field<T>>;

template <class T>
[[nodiscard]] std::vector<std::string> names_of(const Fields<T>& fields) {
  std::vector<std::string> names;
  for (const Field<T>& field : fields)
    if (!field.key.name.starts_with('<')) names.push_back(field.key.name);
  return names;
}

template <class T>
[[nodiscard]] std::vector<Key> keys_of(const Fields<T>& fields) {
  std::vector<Key> keys;
  for (const Field<T>& field : fields) keys.push_back(field.key);
  return keys;
}

template <class T>
void read(const Section& section, const Fields<T>& fields, T& into) {
  for (const Field<T>& field : fields)
    if (field.take) field.take(section, into);
}

// A row: one key, one member.
template <class T, class M, class V>
[[nodiscard]] Field<T> row(std::string name, M T::*member, const Type<V>& type, const std::string& sentence) {
  Field<T> field;
  const std::string preset = Section::printed(T{}.*member, type);
  if (!preset.empty() && preset != "[]") field.key.preset = "`" + preset + "`";
  field.take = [name, member, type](const Section& section, T& into) { section.take(name, into.*member, type); };
  field.reset = [member](T& into) { into.*member = T{}.*member; };
  field.key.name = std::move(name);
  field.key.value = type.value;
  field.key.range = type.range;
  field.key.schema = type.schema;
  field.key.sentence = sentence;
  return field;
}

// The field of a struct that is a member of T.
template <class T, class M>
[[nodiscard]] Field<T> within(M T::*member, Field<M> inner) {
  Field<T> field;
  field.key = std::move(inner.key);
  field.shared = inner.shared;
  field.take = [member, take = std::move(inner.take)](const Section& section, T& into) { take(section, into.*member); };
  field.reset = [member, reset = std::move(inner.reset)](T& into) { reset(into.*member); };
  return field;
}

// A key that is read in its own way.
template <class T>
[[nodiscard]] Field<T> special(const Key& key, std::function<void(const Section&, T&)> take) {
  Field<T> field;
  field.key = key;
  field.take = std::move(take);
  return field;
}

// A mapping that fills the same struct as the mapping around it.
template <class T>
[[nodiscard]] Field<T> group(const std::string& name, const Fields<T>& fields, const std::string& sentence) {
  Field<T> field;
  field.key = {.name = name, .value = "mapping", .sentence = sentence, .keys = keys_of(fields)};
  field.take = [name, fields](const Section& section, T& into) {
    const Section inner = section.enter(name, names_of(fields));
    read(inner, fields, into);
  };
  return field;
}

// A mapping that fills a struct of its own; `check` validates the struct after reading.
template <class T, class M>
[[nodiscard]] Field<T> mapping(const std::string& name, M T::*member, const Fields<M>& fields,
                               const std::string& sentence, std::function<void(const Section&, const M&)> check = {}) {
  Field<T> field;
  field.key = {.name = name, .value = "mapping", .sentence = sentence, .keys = keys_of(fields)};
  field.take = [name, member, fields, check](const Section& section, T& into) {
    const Section inner = section.enter(name, names_of(fields));
    read(inner, fields, into.*member);
    if (check) check(inner, into.*member);
  };
  field.reset = [member](T& into) { into.*member = M{}; };
  return field;
}

}  // namespace perfwarden::config
