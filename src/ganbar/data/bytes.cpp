#include "ganbar/data/bytes.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include <fmt/format.h>

#include "ganbar/core/error.h"
#include "ganbar/core/sha256.h"

namespace ganbar {

namespace {

/// A file open for reading; closes itself.
class Input {
public:
    explicit Input(const std::filesystem::path& path) : file_(path.string()), fd_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
        if (fd_ < 0) throw DataError(fmt::format("cannot be opened: {}", std::strerror(errno)), {file_});
        struct stat info {};
        if (::fstat(fd_, &info) == 0 && S_ISDIR(info.st_mode)) {
            ::close(fd_);
            throw DataError("is a folder; expected a file", {file_});
        }
        size_hint_ = info.st_size > 0 ? static_cast<std::size_t>(info.st_size) : 0;
    }
    ~Input() { ::close(fd_); }
    Input(const Input&) = delete;
    Input& operator=(const Input&) = delete;

    std::size_t size_hint() const { return size_hint_; }
    /// Up to out.size() bytes; 0 at the end.
    std::size_t read(std::span<std::uint8_t> out) {
        for (;;) {
            const auto got = ::read(fd_, out.data(), out.size());
            if (got >= 0) return static_cast<std::size_t>(got);
            if (errno != EINTR) throw DataError(fmt::format("cannot be read: {}", std::strerror(errno)), {file_});
        }
    }

private:
    std::string file_;
    int fd_;
    std::size_t size_hint_ = 0;
};

DataError too_large(const std::string& file, std::size_t limit) {
    return DataError(fmt::format("holds more than {} bytes, the most that is read here", limit), {file});
}

constexpr std::size_t chunk = std::size_t{1} << 18;

}  // namespace

Bytes read_file(const std::filesystem::path& path, std::size_t limit) {
    Input in(path);
    if (in.size_hint() > limit) throw too_large(path.string(), limit);
    Bytes out;
    out.reserve(in.size_hint());
    Bytes buffer(chunk);
    while (const std::size_t got = in.read(buffer)) {
        if (got > limit - out.size()) throw too_large(path.string(), limit);
        out.insert(out.end(), buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(got));
    }
    return out;
}

Bytes read_file_or_gzip(const std::filesystem::path& path, std::size_t limit) {
    Bytes raw = read_file(path, limit);
    return is_gzip(raw) ? gunzip(raw, path.string(), limit) : raw;
}

Bytes gunzip(std::span<const std::uint8_t> packed, const std::string& file, std::size_t limit) {
    z_stream z{};
    if (inflateInit2(&z, 15 + 16) != Z_OK) throw std::bad_alloc();  // 16: gzip wrapper, not zlib's
    struct End {
        z_stream* z;
        ~End() { inflateEnd(z); }
    } end{&z};
    Bytes out, buffer(chunk);
    std::size_t at = 0;
    for (;;) {
        const std::size_t given = std::min(packed.size() - at, std::size_t{1} << 30);
        z.next_in = const_cast<Bytef*>(packed.data() + at);  // zlib's interface predates const
        z.avail_in = static_cast<uInt>(given);
        z.next_out = buffer.data();
        z.avail_out = static_cast<uInt>(buffer.size());
        const int status = inflate(&z, Z_NO_FLUSH);
        at += given - z.avail_in;
        const std::size_t got = buffer.size() - z.avail_out;
        if (got > limit - out.size()) throw too_large(file, limit);
        out.insert(out.end(), buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(got));
        if (status == Z_STREAM_END) {
            if (at == packed.size()) return out;
            if (!is_gzip(packed.subspan(at)))
                throw DataError(fmt::format("has {} bytes after the end of its gzip data; fetch the file again", packed.size() - at),
                                {file});
            inflateReset(&z);
        } else if (status == Z_BUF_ERROR || (status == Z_OK && at == packed.size() && got == 0)) {
            throw DataError("ends in the middle of its gzip data; the download or copy was cut short, fetch the file again", {file});
        } else if (status != Z_OK) {
            throw DataError(fmt::format("is damaged: gzip says {}; fetch the file again", z.msg ? z.msg : "bad data"), {file});
        }
    }
}

std::string sha256_of_file(const std::filesystem::path& path) {
    Input in(path);
    Sha256 hash;
    Bytes buffer(chunk);
    while (const std::size_t got = in.read(buffer)) hash.add(std::span(buffer).first(got));
    return hash.hex();
}

std::size_t checked_product(std::span<const std::size_t> shape, std::size_t limit, const std::string& file) {
    std::size_t n = 1;
    for (const std::size_t side : shape) {
        if (side != 0 && n > limit / side)
            throw DataError(fmt::format("declares the absurd shape {}, more than {} elements", shape_text(shape), limit), {file});
        n *= side;
    }
    return n;
}

std::string shape_text(std::span<const std::size_t> shape) { return fmt::format("{}", fmt::join(shape, " x ")); }

}  // namespace ganbar
