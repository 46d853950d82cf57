#include "dashboard/server/server.hpp"

#include <fmt/format.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/network_v4.hpp>
#include <boost/asio/ip/network_v6.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <chrono>
#include <csignal>
#include <list>
#include <memory>
#include <optional>
#include <utility>
#include <variant>

#include "base/text.hpp"

namespace perfwarden::dashboard {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using Tcp = asio::ip::tcp;
using Network = std::variant<asio::ip::network_v4, asio::ip::network_v6>;

std::chrono::milliseconds milliseconds(double seconds) {
  return std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1000));
}

Result<Network> network_of(const std::string& text) {
  boost::system::error_code failed;
  const bool one = text.find('/') == std::string::npos;
  const auto v4 = asio::ip::make_network_v4(one ? text + "/32" : text, failed);
  if (!failed) return Network(v4);
  const auto v6 = asio::ip::make_network_v6(one ? text + "/128" : text, failed);
  if (!failed) return Network(v6);
  return Error{.kind = ErrorKind::usage,
               .what = fmt::format("'{}' is not a network", text::one_line(text)),
               .hint = "write it as 10.1.2.3 or 10.0.0.0/8"};
}

bool holds(const Network& network, const asio::ip::address& address) {
  if (const auto* v4 = std::get_if<asio::ip::network_v4>(&network)) {
    if (address.is_v4()) return v4->network() == asio::ip::network_v4(address.to_v4(), v4->prefix_length()).network();
    return address.to_v6().is_v4_mapped() &&
           holds(network, asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()));
  }
  const auto& v6 = std::get<asio::ip::network_v6>(network);
  return address.is_v6() && v6.network() == asio::ip::network_v6(address.to_v6(), v6.prefix_length()).network();
}

constexpr std::size_t k_ending = 16;  // connections

class Session;

// A Server owns the connections. All of it runs in one thread, but for the answers, which are made by some others.
class Server {
 public:
  Server(Site& site, const ServerOptions& options) : site_(&site), options_(options), pool_(options.threads) {}
  [[nodiscard]] Status run(const std::function<void(std::uint16_t)>& started);

  // Makes an answer in another thread; `done` is called in this one.
  void answer(Request request, std::function<void(Response)> done);
  [[nodiscard]] const ServerOptions& options() const { return options_; }
  [[nodiscard]] bool may_say_who(const asio::ip::address& peer) const;
  [[nodiscard]] bool is_stopping() const { return stopping_; }

  // Connections, the longest idle ones first.
  std::list<Session*> waiting;
  std::size_t open = 0;
  void closed();

 private:
  [[nodiscard]] Status listen();
  void accept();
  void stop();
  // The connection of a thread that answers to the history; made when it is first needed.
  [[nodiscard]] Response respond_in_thread(const Request& request);

  Site* site_;
  ServerOptions options_;
  std::vector<Network> proxies_;
  asio::io_context context_{1};
  Tcp::acceptor acceptor_{context_};
  asio::signal_set signals_{context_};
  asio::steady_timer end_{context_};
  std::mutex stores_lock_;
  std::vector<std::unique_ptr<store::Store>> stores_;  // that no thread uses now
  bool stopping_ = false;
  asio::thread_pool pool_;
};

// A Session is one connection. It keeps itself alive by the operations under way.
class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(Server& server, Tcp::socket socket) : server_(&server), stream_(std::move(socket)) {
    ++server.open;
    boost::system::error_code gone;
    const auto peer = stream_.socket().remote_endpoint(gone);
    from_proxy_ = !gone && server.may_say_who(peer.address());
  }
  ~Session() {
    end_waiting();
    --server_->open;
    server_->closed();
  }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  void read(bool first) {
    place_ = server_->waiting.insert(server_->waiting.end(), this);
    parser_.emplace();
    parser_->header_limit(static_cast<std::uint32_t>(server_->options().header_bytes));
    parser_->body_limit(server_->options().body_bytes);
    // The whole request has to come in this time: one byte now and then does not extend it.
    stream_.expires_after(milliseconds(first ? server_->options().patience_s : server_->options().idle_s));
    http::async_read(stream_, buffer_, *parser_,
                     [self = shared_from_this()](beast::error_code error, std::size_t) { self->has_read(error); });
  }
  void close() {
    boost::system::error_code ignored;
    stream_.socket().shutdown(Tcp::socket::shutdown_both, ignored);
    stream_.close();
  }

 private:
  void end_waiting() {
    if (!place_) return;
    server_->waiting.erase(*place_);
    place_.reset();
  }

  void has_read(beast::error_code error) {
    end_waiting();
    if (error == http::error::body_limit) return refuse(413, "the body is too large\n");
    if (error == http::error::header_limit) return refuse(431, "the headers are too large\n");
    if (error && error != http::error::end_of_stream && error != beast::error::timeout &&
        error.category() == http::make_error_code(http::error::bad_method).category())
      return refuse(400, "this is not HTTP\n");
    if (error) return close();
    const auto& message = parser_->get();
    Request request;
    request.method = std::string(message.method_string());
    request.target = std::string(message.target());
    for (const auto& field : message)
      request.headers.emplace_back(
          text::lower(std::string_view(field.name_string().data(), field.name_string().size())),
          std::string(field.value()));
    request.body = message.body();
    request.from_proxy = from_proxy_;
    keep_alive_ = message.keep_alive() && !server_->is_stopping();
    is_head_ = message.method() == http::verb::head;
    version_ = message.version();
    stream_.expires_never();  // while the answer is made
    server_->answer(std::move(request),
                    [self = shared_from_this()](Response response) { self->write(std::move(response)); });
  }

  void refuse(int status, std::string words) {
    keep_alive_ = false;
    is_head_ = false;
    write({.status = status, .type = "text/plain; charset=utf-8", .body = std::move(words)});
  }

  void write(Response response) {
    response_ = http::response<http::string_body>(static_cast<http::status>(response.status), version_);
    for (const auto& [name, value] : response.headers) response_.insert(name, value);
    if (!response.body.empty()) response_.set(http::field::content_type, response.type);
    response_.keep_alive(keep_alive_);
    const std::size_t size = response.body.size();
    if (!is_head_) response_.body() = std::move(response.body);
    if (response.status == 304)
      response_.content_length(boost::none);
    else
      response_.content_length(size);
    stream_.expires_after(milliseconds(server_->options().patience_s));
    serializer_.emplace(response_);
    const auto written = [self = shared_from_this()](beast::error_code error, std::size_t) {
      self->has_written(error);
    };
    if (is_head_)
      http::async_write_header(stream_, *serializer_, written);
    else
      http::async_write(stream_, *serializer_, written);
  }

  void has_written(beast::error_code error) {
    if (error || !keep_alive_) return close();
    response_ = {};
    read(false);
  }

  Server* server_;
  beast::tcp_stream stream_;
  beast::flat_buffer buffer_;
  std::optional<http::request_parser<http::string_body>> parser_;
  http::response<http::string_body> response_;
  std::optional<http::response_serializer<http::string_body>> serializer_;
  std::optional<std::list<Session*>::iterator> place_;  // in Server::waiting
  unsigned version_ = 11;
  bool keep_alive_ = false, is_head_ = false, from_proxy_ = false;
};

bool Server::may_say_who(const asio::ip::address& peer) const {
  for (const Network& network : proxies_)
    if (holds(network, peer)) return true;
  return false;
}

Response Server::respond_in_thread(const Request& request) {
  std::unique_ptr<store::Store> store;
  {
    const std::lock_guard<std::mutex> held(stores_lock_);
    if (!stores_.empty()) {
      store = std::move(stores_.back());
      stores_.pop_back();
    }
  }
  if (store == nullptr) {
    auto opened = site_->open(store::Access::read);
    if (!opened) return unavailable(opened.error());
    store = std::move(*opened);
  }
  Response out = respond(*site_, *store, request);
  if (out.status == 503) return out;  // its connection may be broken: the next one opens another
  const std::lock_guard<std::mutex> held(stores_lock_);
  stores_.push_back(std::move(store));
  return out;
}

void Server::answer(Request request, std::function<void(Response)> done) {
  asio::post(pool_, [this, request = std::move(request), done = std::move(done)]() mutable {
    Response response;
    try {
      response = respond_in_thread(request);
    } catch (const std::exception&) {
      response = {.status = 500};
    }
    asio::post(context_,
               [response = std::move(response), done = std::move(done)]() mutable { done(std::move(response)); });
  });
}

void Server::accept() {
  acceptor_.async_accept([this](beast::error_code error, Tcp::socket socket) {
    if (stopping_ || error == asio::error::operation_aborted) return;
    if (!error) {
      if (open >= options_.connections && !waiting.empty()) {
        Session* const idle = waiting.front();
        waiting.splice(waiting.end(), waiting, waiting.begin());  // its place in the list stays valid
        idle->close();                                            // it ends with the read that this ends
      }
      // Those that were closed are still counted for a moment.
      if (open < options_.connections + k_ending) std::make_shared<Session>(*this, std::move(socket))->read(true);
    }
    accept();
  });
}

void Server::stop() {
  stopping_ = true;
  boost::system::error_code ignored;
  acceptor_.close(ignored);
  const std::list<Session*> idle = waiting;
  for (Session* session : idle) session->close();
  if (open == 0) return context_.stop();
  end_.expires_after(milliseconds(options_.drain_s));
  end_.async_wait([this](beast::error_code) { context_.stop(); });
}

void Server::closed() {
  if (stopping_ && open == 0) context_.stop();
}

Status Server::listen() {
  boost::system::error_code failed;
  const auto address = asio::ip::make_address(options_.host == "localhost" ? "127.0.0.1" : options_.host, failed);
  const auto refused = [&](std::string_view why) {
    return Error{
        .kind = ErrorKind::usage,
        .what = fmt::format("cannot listen at {} port {}: {}", text::one_line(options_.host), options_.port, why),
        .hint = "name a free port with --port, and an address of this machine with --host"};
  };
  if (failed) return refused("this is not an address");
  const Tcp::endpoint endpoint(address, options_.port);
  acceptor_.open(endpoint.protocol(), failed);
  if (!failed) acceptor_.set_option(asio::socket_base::reuse_address(true), failed);
  if (!failed) acceptor_.bind(endpoint, failed);
  if (!failed) acceptor_.listen(asio::socket_base::max_listen_connections, failed);
  if (failed) return refused(text::lower(failed.message()));
  return Nothing{};
}

Status Server::run(const std::function<void(std::uint16_t)>& started) {
  for (const std::string& text : options_.proxies) {
    PW_TRY_ASSIGN(Network network, network_of(text));
    proxies_.push_back(std::move(network));
  }
  PW_TRY(listen());
  signals_.add(SIGTERM);
  signals_.add(SIGINT);
  signals_.async_wait([this](beast::error_code error, int) {
    if (!error) stop();
  });
  accept();
  started(acceptor_.local_endpoint().port());
  context_.run();
  pool_.join();
  return Nothing{};
}

}  // namespace

bool is_loopback(const std::string& host) {
  if (host == "localhost") return true;
  boost::system::error_code failed;
  const auto address = asio::ip::make_address(host, failed);
  return !failed && address.is_loopback();
}

Status serve(Site& site, const ServerOptions& options, const std::function<void(std::uint16_t port)>& started) {
  Server server(site, options);
  return server.run(started);
}

}  // namespace perfwarden::dashboard
