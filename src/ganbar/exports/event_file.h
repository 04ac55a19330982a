// Event files as TensorBoard reads them: TFRecord frames (length, masked CRC-32C, message, masked CRC-32C) around protocol messages, of
// which only the fields that are used are written. Sources: TensorFlow's documentation of the TFRecord format, and the field numbers of its
// public messages Event, Summary, HistogramProto and SessionLog.
#pragma once
#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include "ganbar/data/bytes.h"

namespace ganbar::exports {

/// CRC-32C (Castagnoli; RFC 3720, appendix B.4) of bytes.
std::uint32_t crc32c(std::span<const std::uint8_t> bytes);

/// A protocol message being written (protobuf's wire format: a tag of number and kind before each field).
class Message {
public:
    Message& whole(int field, std::uint64_t value);
    Message& real(int field, double value);
    Message& single(int field, float value);
    Message& text(int field, std::string_view value);
    Message& message(int field, const Message& value) { return text(field, value.bytes_); }
    Message& reals(int field, const std::vector<double>& values);  ///< packed
    const std::string& bytes() const { return bytes_; }

private:
    void tag(int field, int kind) { varint(static_cast<std::uint64_t>(field) << 3 | static_cast<std::uint64_t>(kind)); }
    void varint(std::uint64_t value);
    std::string bytes_;
};

struct Histogram {
    std::vector<double> edges;   ///< right ends of the bins, ascending
    std::vector<double> counts;  ///< as many
    double lo = 0;               ///< left end of the first
};

/// What one moment of a run shows.
class Summary {
public:
    void scalar(const std::string& tag, double value);  ///< NaN, of what was not measured, is left out
    void image(const std::string& tag, const Bytes& png, std::uint32_t width, std::uint32_t height, std::uint32_t channels);
    void histogram(const std::string& tag, const Histogram& h);
    const Message& message() const { return message_; }

private:
    Message message_;
};

class EventFile {
public:
    /// Makes a new file of a name of its own in `folder` (which it makes too); those of earlier processes stay. DataError when it cannot.
    explicit EventFile(const std::filesystem::path& folder);
    ~EventFile();
    EventFile(const EventFile&) = delete;
    EventFile& operator=(const EventFile&) = delete;
    void write(std::int64_t step, const Summary& summary);
    void restart(std::int64_t step);  ///< events of this step and later in earlier files count no more
    void flush();
    const std::filesystem::path& path() const { return path_; }

private:
    void record(const Message& event);
    std::filesystem::path path_;
    std::FILE* file_ = nullptr;
};

}  // namespace ganbar::exports
