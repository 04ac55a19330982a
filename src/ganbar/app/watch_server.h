// Pages that follow a folder, for the browsers of this machine: HTTP on the loopback address, changes as server-sent events
// (https://html.spec.whatwg.org/multipage/server-sent-events.html). cpp-httplib stands behind it and is seen by watch_server.cpp alone.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace ganbar::app {

/// One page and where its numbers come from.
struct Watched {
    std::string page;                   ///< HTML
    std::function<std::string()> look;  ///< one line of JSON: all that the page shows now; calls never overlap
    std::function<std::optional<std::string>(const std::string& kind, std::int64_t round)> picture;  ///< bytes of a PNG file
};

class WatchServer {
public:
    using Points = std::function<std::optional<Watched>(std::size_t point)>;
    /// `first` is at /, the pages of points at /points/N/; no path of the address is ever taken for a path of the file system. Only GET and
    /// HEAD, only under the names 127.0.0.1 and localhost (a page elsewhere whose name resolves to this machine is refused). port 0: any
    /// that is free. ConfigError when the port is taken.
    WatchServer(Watched first, Points points, int port);
    ~WatchServer();
    WatchServer(const WatchServer&) = delete;
    WatchServer& operator=(const WatchServer&) = delete;
    int port() const;
    /// Serves until `ended`, which is asked ten times a second, says so.
    void serve(const std::function<bool()>& ended);

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace ganbar::app
