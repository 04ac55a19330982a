#include "ganbar/exports/event_file.h"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cmath>
#include <cstring>

#include "ganbar/core/error.h"
#include "ganbar/data/atomic_file.h"

namespace ganbar::exports {
namespace fs = std::filesystem;
namespace {

enum Wire { varint_kind = 0, fixed64 = 1, lengthy = 2, fixed32 = 5 };
namespace event {
enum Field { wall_time = 1, step = 2, file_version = 3, summary = 5, session_log = 7 };
}
namespace summary_field {
enum Field { value = 1 };
}
namespace value_field {
enum Field { tag = 1, simple_value = 2, image = 4, histo = 5 };
}
namespace image_field {
enum Field { height = 1, width = 2, colorspace = 3, encoded = 4 };
}
namespace histo_field {
enum Field { min = 1, max = 2, num = 3, sum = 4, sum_squares = 5, bucket_limit = 6, bucket = 7 };
}
namespace session_field {
enum Field { status = 1 };
}
constexpr std::uint64_t session_start = 1;
constexpr std::uint32_t mask_delta = 0xa282ead8u;

std::array<std::uint32_t, 256> crc_table() {
    constexpr std::uint32_t reversed_polynomial = 0x82f63b78u;
    std::array<std::uint32_t, 256> table{};
    for (std::uint32_t i = 0; i < table.size(); ++i) {
        std::uint32_t c = i;
        for (int bit = 0; bit < 8; ++bit) c = c & 1u ? c >> 1 ^ reversed_polynomial : c >> 1;
        table[i] = c;
    }
    return table;
}

std::span<const std::uint8_t> span_of(std::string_view text) { return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}; }

template <class T>
std::string little_endian(T value) {
    std::string out(sizeof(T), '\0');
    std::memcpy(out.data(), &value, sizeof(T));  // little-endian, as the machines we run on
    return out;
}

/// Of a frame: rotated and shifted, so that a checksum of data that holds checksums is none of theirs.
std::string masked(std::string_view bytes) {
    const std::uint32_t crc = crc32c(span_of(bytes));
    return little_endian((crc >> 15 | crc << 17) + mask_delta);
}

double now_s() { return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count(); }

}  // namespace

std::uint32_t crc32c(std::span<const std::uint8_t> bytes) {
    static const auto table = crc_table();
    std::uint32_t crc = ~0u;
    for (const std::uint8_t b : bytes) crc = table[(crc ^ b) & 0xff] ^ crc >> 8;
    return ~crc;
}

void Message::varint(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) bytes_ += static_cast<char>(value | 0x80);
    bytes_ += static_cast<char>(value);
}
Message& Message::whole(int field, std::uint64_t value) { return tag(field, varint_kind), varint(value), *this; }
Message& Message::real(int field, double value) { return tag(field, fixed64), bytes_ += little_endian(value), *this; }
Message& Message::single(int field, float value) { return tag(field, fixed32), bytes_ += little_endian(value), *this; }
Message& Message::text(int field, std::string_view value) { return tag(field, lengthy), varint(value.size()), bytes_ += value, *this; }
Message& Message::reals(int field, const std::vector<double>& values) {
    return text(field, {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(double)});
}

void Summary::scalar(const std::string& tag, double value) {
    if (std::isnan(value)) return;
    message_.message(summary_field::value,
                     Message().text(value_field::tag, tag).single(value_field::simple_value, static_cast<float>(value)));
}

void Summary::image(const std::string& tag, const Bytes& png, std::uint32_t width, std::uint32_t height, std::uint32_t channels) {
    Message image;
    image.whole(image_field::height, height).whole(image_field::width, width).whole(image_field::colorspace, channels);
    image.text(image_field::encoded, {reinterpret_cast<const char*>(png.data()), png.size()});
    message_.message(summary_field::value, Message().text(value_field::tag, tag).message(value_field::image, image));
}

void Summary::histogram(const std::string& tag, const Histogram& h) {
    double n = 0, sum = 0, squares = 0, lo = NAN, hi = NAN;
    for (std::size_t i = 0; i < h.counts.size(); ++i) {
        const double left = i == 0 ? h.lo : h.edges[i - 1], middle = (left + h.edges[i]) / 2;
        n += h.counts[i], sum += h.counts[i] * middle, squares += h.counts[i] * middle * middle;
        if (h.counts[i] > 0) lo = std::isnan(lo) ? left : lo, hi = h.edges[i];
    }
    if (n == 0) return;
    Message histo;
    histo.real(histo_field::min, lo)
        .real(histo_field::max, hi)
        .real(histo_field::num, n)
        .real(histo_field::sum, sum)
        .real(histo_field::sum_squares, squares);
    histo.reals(histo_field::bucket_limit, h.edges).reals(histo_field::bucket, h.counts);
    message_.message(summary_field::value, Message().text(value_field::tag, tag).message(value_field::histo, histo));
}

EventFile::EventFile(const fs::path& folder) {
    make_folder(folder);
    // TensorBoard reads the files of a folder in the order of their names, which begin with the second they were made in.
    for (int i = 0; file_ == nullptr; ++i) {
        path_ = folder / fmt::format("events.out.tfevents.{:010d}.ganbar.{}.{}", static_cast<std::int64_t>(now_s()), ::getpid(), i);
        if (fs::exists(path_)) continue;
        file_ = std::fopen(path_.c_str(), "wb");
        if (file_ == nullptr) throw DataError("cannot write " + path_.string() + ": " + std::strerror(errno));
    }
    record(Message().real(event::wall_time, now_s()).text(event::file_version, "brain.Event:2"));
    flush();
}

EventFile::~EventFile() { std::fclose(file_); }

// Events that cannot be written are no reason to lose the run, as with its log.
void EventFile::record(const Message& m) {
    const std::string length = little_endian(std::uint64_t{m.bytes().size()}),
                      frame = length + masked(length) + m.bytes() + masked(m.bytes());
    std::fwrite(frame.data(), 1, frame.size(), file_);
}

void EventFile::write(std::int64_t step, const Summary& summary) {
    record(Message()
               .real(event::wall_time, now_s())
               .whole(event::step, static_cast<std::uint64_t>(step))
               .message(event::summary, summary.message()));
}

void EventFile::restart(std::int64_t step) {
    record(Message()
               .real(event::wall_time, now_s())
               .whole(event::step, static_cast<std::uint64_t>(step))
               .message(event::session_log, Message().whole(session_field::status, session_start)));
}

void EventFile::flush() { std::fflush(file_); }

}  // namespace ganbar::exports
