#include "ganbar/circuit/row_elimination.h"

#include <Eigen/Cholesky>
#include <Eigen/Dense>

#include "ganbar/core/stop.h"
namespace ganbar {

std::vector<double> transfer_by_rows(std::size_t rows, std::size_t cols, std::span<const double> g_S, const Wires& wires) {
    GANBAR_ASSERT(g_S.size() == rows * cols);
    if (!(wires.rw.si > 0 && wires.rb.si > 0 && wires.rdrv.si > 0 && wires.rsense.si > 0) || wires.ends != Ends::single)
        throw ConfigError("row-by-row elimination needs resistances above 0 and terminals at one end");
    using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
    const auto m = static_cast<Eigen::Index>(rows), n = static_cast<Eigen::Index>(cols);
    const Eigen::Map<const RowMajor> g(g_S.data(), m, n);
    const double gw = 1 / wires.rw.si, gb = 1 / wires.rb.si, gdrv = 1 / wires.rdrv.si, gsense = 1 / wires.rsense.si;
    Eigen::MatrixXd inverse = Eigen::MatrixXd::Zero(n, n), y = Eigen::MatrixXd::Zero(n, m);
    for (Eigen::Index i = 0; i < m; ++i) {
        stop_point();
        Eigen::MatrixXd t = g.row(i).asDiagonal();
        for (Eigen::Index j = 0; j < n; ++j) {
            t(j, j) += (j > 0 ? gw : gdrv) + (j + 1 < n ? gw : 0);
            if (j > 0) t(j, j - 1) = t(j - 1, j) = -gw;
        }
        const Eigen::MatrixXd t_inverse = t.llt().solve(Eigen::MatrixXd::Identity(n, n));
        const auto d = g.row(i).asDiagonal();
        Eigen::MatrixXd p = -gb * gb * inverse - d * t_inverse * d;
        p.diagonal() += g.row(i).transpose();
        p.diagonal().array() += (i > 0 ? gb : 0) + (i + 1 < m ? gb : gsense);
        y = (gb * inverse * y).eval();
        y.col(i) = gdrv * (d * t_inverse.col(0));
        inverse = p.llt().solve(Eigen::MatrixXd::Identity(n, n));
    }
    const Eigen::MatrixXd last = gsense * inverse * y;  // n x m
    if (!last.allFinite())
        throw NumericError(
            "row-by-row elimination left the range of numbers; conductances must be finite and well below those of the wires");
    return {last.data(), last.data() + rows * cols};  // column-major n x m is row-major m x n
}

}  // namespace ganbar
