#pragma once

#include <dlfcn.h>
#include <libpq-fe.h>

#include <optional>

namespace perfwarden::store {

// libpq is loaded when an address first asks for it: with what it brings (Kerberos, LDAP, TLS) it would double the time
// that every command needs to start, and a binary that is carried to another machine would not start without it.
struct Libpq {
  decltype(&PQconnectdbParams) connect = nullptr;
  decltype(&PQconninfoParse) parse_address = nullptr;
  decltype(&PQconninfoFree) free_address = nullptr;
  decltype(&PQfinish) finish = nullptr;
  decltype(&PQstatus) status = nullptr;
  decltype(&PQparameterStatus) parameter = nullptr;
  decltype(&PQerrorMessage) message = nullptr;
  decltype(&PQexec) execute = nullptr;
  decltype(&PQexecParams) execute_with = nullptr;
  decltype(&PQresultStatus) status_of = nullptr;
  decltype(&PQresultErrorField) error_field = nullptr;
  decltype(&PQcmdStatus) command = nullptr;
  decltype(&PQclear) clear = nullptr;
  decltype(&PQntuples) rows = nullptr;
  decltype(&PQgetisnull) is_null = nullptr;
  decltype(&PQgetvalue) value = nullptr;
  decltype(&PQgetlength) length = nullptr;
  decltype(&PQftype) type = nullptr;
  decltype(&PQputCopyData) put = nullptr;
  decltype(&PQputCopyEnd) end_copy = nullptr;
  decltype(&PQgetResult) next_result = nullptr;
};

template <class Function>
bool find_function(void* library, const char* name, Function& into) {
  into = reinterpret_cast<Function>(dlsym(library, name));
  return into != nullptr;
}

// nullopt where it is not installed.
inline std::optional<Libpq> load_libpq() {
  void* const library = dlopen("libpq.so.5", RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) return std::nullopt;
  Libpq pq;
  const bool whole =
      find_function(library, "PQconnectdbParams", pq.connect) &&
      find_function(library, "PQconninfoParse", pq.parse_address) &&
      find_function(library, "PQconninfoFree", pq.free_address) && find_function(library, "PQfinish", pq.finish) &&
      find_function(library, "PQstatus", pq.status) && find_function(library, "PQparameterStatus", pq.parameter) &&
      find_function(library, "PQerrorMessage", pq.message) && find_function(library, "PQexec", pq.execute) &&
      find_function(library, "PQexecParams", pq.execute_with) &&
      find_function(library, "PQresultStatus", pq.status_of) &&
      find_function(library, "PQresultErrorField", pq.error_field) &&
      find_function(library, "PQcmdStatus", pq.command) && find_function(library, "PQclear", pq.clear) &&
      find_function(library, "PQntuples", pq.rows) && find_function(library, "PQgetisnull", pq.is_null) &&
      find_function(library, "PQgetvalue", pq.value) && find_function(library, "PQgetlength", pq.length) &&
      find_function(library, "PQftype", pq.type) && find_function(library, "PQputCopyData", pq.put) &&
      find_function(library, "PQputCopyEnd", pq.end_copy) && find_function(library, "PQgetResult", pq.next_result);
  return whole ? std::optional<Libpq>(pq) : std::nullopt;
}

inline const std::optional<Libpq>& libpq() {
  static const std::optional<Libpq> k_loaded = load_libpq();
  return k_loaded;
}

}  // namespace perfwarden::store
