#include "ganbar/app/watch_server.h"

#include <strings.h>

#include <fmt/format.h>
#include <httplib.h>

#include <atomic>
#include <chrono>
#include <map>
#include <mutex>
#include <thread>

#include "ganbar/core/error.h"

namespace ganbar::app {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr int n_threads = 24, most_streams = 16;  // a stream holds a thread for as long as its page is open
constexpr auto beat = 10s;                        // a comment that finds out whether a silent reader is still there

/// What all readers of one page share: the newest look, and when it was.
class Channel {
public:
    explicit Channel(Watched watched) : watched_(std::move(watched)) {}
    const Watched& watched() const { return watched_; }
    /// The newest look and its number, which changes with it. Looking may take one part in ten of a core, however long it takes.
    std::pair<std::int64_t, std::string> newest() {
        const std::lock_guard lock(mutex_);
        const auto now = Clock::now();
        if (now < next_) return {number_, text_};
        std::string text = watched_.look();
        if (text != text_) text_ = std::move(text), ++number_;
        const auto end = Clock::now();
        next_ = end + std::max<Clock::duration>(400ms, 10 * (end - now));
        return {number_, text_};
    }

private:
    Watched watched_;
    std::mutex mutex_;
    std::int64_t number_ = 0;
    std::string text_;
    Clock::time_point next_{};
};

/// The library would let another process share the port.
void take_port_alone(socket_t socket) {
    const int yes = 1;
    ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
}

}  // namespace

struct WatchServer::Impl {
    httplib::Server server;
    std::shared_ptr<Channel> first;
    Points points;
    std::mutex mutex;  // of opened
    std::map<std::size_t, std::shared_ptr<Channel>> opened;
    std::atomic<int> n_streams{0};
    std::atomic<bool> ending{false};
    int port = 0;

    bool is_ours(const std::string& host) const {
        return host == fmt::format("127.0.0.1:{}", port) || ::strcasecmp(host.c_str(), fmt::format("localhost:{}", port).c_str()) == 0;
    }

    std::shared_ptr<Channel> channel_of(const httplib::Request& request) {
        if (!request.matches[1].matched) return first;
        const auto point = static_cast<std::size_t>(std::stoul(request.matches[1].str()));
        const std::lock_guard lock(mutex);
        if (const auto it = opened.find(point); it != opened.end()) return it->second;
        auto watched = points(point);
        return watched ? opened.emplace(point, std::make_shared<Channel>(std::move(*watched))).first->second : nullptr;
    }

    void refuse(httplib::Response& response, int status, const std::string& why) {
        response.status = status;
        response.set_content(why + "\n", "text/plain; charset=utf-8");
    }

    void stream(const std::shared_ptr<Channel>& channel, httplib::Response& response) {
        if (n_streams.fetch_add(1) >= most_streams) {
            --n_streams;
            response.set_header("Retry-After", "5");
            return refuse(response, 503, fmt::format("{} pages are open already; close one", most_streams));
        }
        struct Reader {
            std::int64_t seen = -1;
            Clock::time_point written{};
        };
        const auto reader = std::make_shared<Reader>();
        response.set_chunked_content_provider(
            "text/event-stream",
            [this, channel, reader](std::size_t, httplib::DataSink& sink) {
                if (ending) return false;
                const auto [number, text] = channel->newest();
                std::string out;
                if (reader->seen < 0) out = "retry: 1000\n\n";
                if (number != reader->seen) out += fmt::format("id: {}\nevent: look\ndata: {}\n\n", number, text);
                else if (Clock::now() - reader->written > beat) out = ": still here\n\n";
                reader->seen = number;
                if (!out.empty()) {
                    reader->written = Clock::now();
                    if (!sink.write(out.data(), out.size())) return false;
                }
                for (int k = 0; k < 4 && !ending; ++k) std::this_thread::sleep_for(50ms);
                return true;
            },
            [this](bool) { --n_streams; });
    }

    void set_up() {
        using httplib::Request, httplib::Response;
        server.new_task_queue = [] { return new httplib::ThreadPool(n_threads); };
        server.set_socket_options(take_port_alone);
        server.set_keep_alive_timeout(1);
        server.set_payload_max_length(0);
        server.set_default_headers({{"Cache-Control", "no-store"},
                                    {"X-Content-Type-Options", "nosniff"},
                                    {"X-Frame-Options", "DENY"},
                                    {"Cross-Origin-Resource-Policy", "same-origin"},
                                    {"Referrer-Policy", "no-referrer"}});
        server.set_pre_routing_handler([this](const Request& request, Response& response) {
            const std::string origin = request.get_header_value("Origin");
            if (request.get_header_value_count("Host") != 1 || !is_ours(request.get_header_value("Host")) ||
                (!origin.empty() && origin != "http://" + request.get_header_value("Host"))) {
                refuse(response, 403, fmt::format("only http://127.0.0.1:{0}/ and http://localhost:{0}/ are answered", port));
                return Server::HandlerResponse::Handled;
            }
            if (request.method != "GET" && request.method != "HEAD") {
                refuse(response, 405, "nothing can be changed here");
                return Server::HandlerResponse::Handled;
            }
            return Server::HandlerResponse::Unhandled;
        });
        server.set_exception_handler([this](const Request&, Response& response, const std::exception_ptr&) {
            refuse(response, 500, "this cannot be read at the moment");
        });
        const auto get = [this](const std::string& path, auto answer) {
            server.Get("(?:/points/(\\d{1,9}))?" + path, [this, answer](const Request& request, Response& response) {
                const auto channel = channel_of(request);
                if (!channel) return refuse(response, 404, "no such point has begun");
                answer(channel, request, response);
            });
        };
        using Shared = std::shared_ptr<Channel>;
        get("/", [](const Shared& channel, const Request&, Response& response) {
            response.set_content(channel->watched().page, "text/html; charset=utf-8");
        });
        get("/events", [this](const Shared& channel, const Request&, Response& response) { stream(channel, response); });
        get("/(samples|conductance)/(\\d{1,15})\\.png", [this](const Shared& channel, const Request& request, Response& response) {
            const auto bytes = channel->watched().picture
                                   ? channel->watched().picture(request.matches[2].str(), std::stoll(request.matches[3].str()))
                                   : std::nullopt;
            if (!bytes) return refuse(response, 404, "no such picture");
            response.set_content(*bytes, "image/png");
        });
        server.set_error_handler([this](const Request&, Response& response) {
            if (response.body.empty()) response.set_content("nothing here\n", "text/plain; charset=utf-8");
        });
    }
    using Server = httplib::Server;
};

WatchServer::WatchServer(Watched first, Points points, int port) : impl_(std::make_unique<Impl>()) {
    impl_->first = std::make_shared<Channel>(std::move(first));
    impl_->points = std::move(points);
    impl_->set_up();
    const char* const host = "127.0.0.1";
    if (port == 0) impl_->port = impl_->server.bind_to_any_port(host);
    else if (impl_->server.bind_to_port(host, port)) impl_->port = port;
    if (impl_->port <= 0)
        throw ConfigError(fmt::format(
            "port {} of 127.0.0.1 cannot be had: another program has it, or it is reserved; expected one that is free, or --port 0 for any",
            port));
}

WatchServer::~WatchServer() = default;

int WatchServer::port() const { return impl_->port; }

void WatchServer::serve(const std::function<bool()>& ended) {
    std::thread listening([this] { impl_->server.listen_after_bind(); });
    while (!ended()) std::this_thread::sleep_for(100ms);
    impl_->ending = true;
    impl_->server.stop();
    listening.join();
}

}  // namespace ganbar::app
