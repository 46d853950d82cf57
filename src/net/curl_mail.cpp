#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "base/text.hpp"
#include "net/curl_parts.hpp"
#include "net/http_client.hpp"
#include "net/redact.hpp"

namespace perfwarden::net {
namespace {

struct Upload {
  std::string_view rest;
};

std::size_t on_read(char* into, std::size_t size, std::size_t count, void* user) {
  auto& upload = *static_cast<Upload*>(user);
  const std::size_t bytes = std::min(size * count, upload.rest.size());
  std::copy_n(upload.rest.begin(), bytes, into);
  upload.rest.remove_prefix(bytes);
  return bytes;
}

std::size_t ignore(char*, std::size_t size, std::size_t count, void*) {
  return size * count;
}

// "smtp.example.com" of "smtps://smtp.example.com:465".
std::string_view host_of(std::string_view server) {
  const std::size_t scheme = server.find("://");
  const std::string_view rest = server.substr(scheme == std::string_view::npos ? 0 : scheme + 3);
  return rest.substr(0, rest.find_first_of(":/"));
}

// What goes into a line of the protocol must not end it.
Status check(const Mail& mail) {
  const auto bad = [](std::string what) { return Error{.kind = ErrorKind::network, .what = std::move(what)}; };
  if (!mail.server.starts_with("smtp://") && !mail.server.starts_with("smtps://"))
    return bad("not the address of a mail server");
  if (host_of(mail.server).find('@') != std::string_view::npos) return bad("the mail server's address holds a login");
  std::vector<std::string> words = mail.to;
  words.insert(words.end(), {mail.server, mail.user, mail.from, mail.password});
  if (mail.to.empty() || mail.from.empty()) return bad("a mail needs a sender and a receiver");
  for (const std::string& word : words)
    if (!is_plain_header(word)) return bad("an address or the password holds a line break");
  return Nothing{};
}

}  // namespace

Result<long> CurlClient::mail(const Mail& mail) {
  PW_TRY(check(mail));
  CURL* const easy = fresh();
  if (easy == nullptr) return Error{.kind = ErrorKind::network, .what = "libcurl could not start"};
  const std::string host(host_of(mail.server));
  const bool loopback = host == "localhost" || host.starts_with("127.");
  const double timeout_s = mail.timeout_s > 0 ? std::min(mail.timeout_s, options_.timeout_s) : options_.timeout_s;
  const std::string from = "<" + mail.from + ">";
  HeaderList receivers;
  for (const std::string& one : mail.to) receivers.add("<" + one + ">");
  Upload upload{mail.text};
  curl_easy_setopt(easy, CURLOPT_URL, mail.server.c_str());
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_USE_SSL, static_cast<long>(loopback ? CURLUSESSL_TRY : CURLUSESSL_ALL));
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, milliseconds(std::min(options_.connect_timeout_s, timeout_s)));
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, milliseconds(timeout_s));
  if (loopback) curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");
  if (!options_.ca_file.empty()) curl_easy_setopt(easy, CURLOPT_CAINFO, options_.ca_file.c_str());
  if (!mail.user.empty()) {
    curl_easy_setopt(easy, CURLOPT_USERNAME, mail.user.c_str());
    curl_easy_setopt(easy, CURLOPT_PASSWORD, mail.password.c_str());
  }
  curl_easy_setopt(easy, CURLOPT_MAIL_FROM, from.c_str());
  curl_easy_setopt(easy, CURLOPT_MAIL_RCPT, receivers.first);
  curl_easy_setopt(easy, CURLOPT_UPLOAD, 1L);
  curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);  // says QUIT
  curl_easy_setopt(easy, CURLOPT_READFUNCTION, on_read);
  curl_easy_setopt(easy, CURLOPT_READDATA, &upload);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, ignore);
  std::string detail(CURL_ERROR_SIZE, '\0');
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, detail.data());
  const CURLcode code = curl_easy_perform(easy);
  long reply = 0;
  curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &reply);
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, nullptr);
  if (code == CURLE_LOGIN_DENIED) return 535L;
  if (code == CURLE_OK || (reply >= 400 && code != CURLE_OPERATION_TIMEDOUT)) return reply;
  const std::string_view words = detail[0] != '\0' ? std::string_view(detail.c_str()) : curl_easy_strerror(code);
  return Error{
      .kind = ErrorKind::network,
      .what = fmt::format("{} did not take the mail: {}", host,
                          code == CURLE_OPERATION_TIMEDOUT ? fmt::format("no answer within {:.3g} s", timeout_s)
                                                           : text::truncate(text::one_line(redact(words)), 200))};
}

}  // namespace perfwarden::net
