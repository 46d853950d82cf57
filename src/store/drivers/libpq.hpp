#pragma once

#include <libpq-fe.h>

#include <optional>

#if !PW_STATIC
#include <dlfcn.h>
#endif

// member of Libpq, function of libpq
#define PW_LIBPQ_FUNCTIONS(one)                                                                                       \
  one(connect, PQconnectdbParams) one(parse_address, PQconninfoParse) one(free_address, PQconninfoFree)               \
      one(finish, PQfinish) one(status, PQstatus) one(parameter, PQparameterStatus) one(message, PQerrorMessage)      \
          one(execute, PQexec) one(execute_with, PQexecParams) one(status_of, PQresultStatus)                         \
              one(error_field, PQresultErrorField) one(command, PQcmdStatus) one(clear, PQclear) one(rows, PQntuples) \
                  one(is_null, PQgetisnull) one(value, PQgetvalue) one(length, PQgetlength) one(type, PQftype)        \
                      one(put, PQputCopyData) one(end_copy, PQputCopyEnd) one(next_result, PQgetResult)

namespace perfwarden::store {

// libpq is loaded when an address first asks for it: with what it brings (Kerberos, LDAP, TLS) it would double the time
// that every command needs to start. The static build holds libpq, since it can load nothing.
struct Libpq {
#define PW_LIBPQ_MEMBER(member, function) decltype(&(function)) member = nullptr;
  PW_LIBPQ_FUNCTIONS(PW_LIBPQ_MEMBER)
#undef PW_LIBPQ_MEMBER
};

#if PW_STATIC
inline std::optional<Libpq> load_libpq() {
  Libpq pq;
#define PW_LIBPQ_TAKE(member, function) pq.member = &(function);
  PW_LIBPQ_FUNCTIONS(PW_LIBPQ_TAKE)
#undef PW_LIBPQ_TAKE
  return pq;
}
#else
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
  bool whole = true;
#define PW_LIBPQ_FIND(member, function) whole = whole && find_function(library, #function, pq.member);
  PW_LIBPQ_FUNCTIONS(PW_LIBPQ_FIND)
#undef PW_LIBPQ_FIND
  return whole ? std::optional<Libpq>(pq) : std::nullopt;
}
#endif
#undef PW_LIBPQ_FUNCTIONS

inline const std::optional<Libpq>& libpq() {
  static const std::optional<Libpq> k_loaded = load_libpq();
  return k_loaded;
}

}  // namespace perfwarden::store
