#pragma once

#include <string>

namespace perfwarden {

// A Span is one timed step of a request, as OpenTelemetry records it.
struct Span {
  std::string trace, id, parent;  // hexadecimal; parent empty for a root
  std::string name;               // hostile text
  std::string service;            // service.name of its resource
  std::string function;           // code.function.name or code.function; empty where the span has none
  std::string route;              // "GET /api/users" from http.request.method and http.route; empty
  bool server = false;            // kind SERVER: where a request comes in
  double seconds = 0;
};

}  // namespace perfwarden
