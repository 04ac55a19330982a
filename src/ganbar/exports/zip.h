// ZIP archives, as numpy's .npz files are: every entry stored or deflated, no encryption, no zip64. Source: PKWARE's APPNOTE.TXT, sec. 4.3
// and 4.4.
#pragma once
#include <string>

#include "ganbar/data/bytes.h"

namespace ganbar::exports {

class ZipWriter {
public:
    /// An entry; deflated where that makes it smaller. The date is 1980-01-01, so equal content gives equal bytes.
    /// ConfigError when the archive would exceed 4 GiB or 65535 entries.
    void add(const std::string& name, std::span<const std::uint8_t> content);
    Bytes finish();  ///< the whole archive; call once

private:
    Bytes out_, directory_;
    std::size_t n_ = 0;
};

}  // namespace ganbar::exports
